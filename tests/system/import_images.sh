#!/bin/bash
# Pictures as data sets: files, folders, folders of folders; size, color and gray; bad ones are refused.
source "$(dirname "$0")/../lib.sh"
gray=iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAEklEQVR42mNg4BKRY9AwsvkPAARHAdIIG+byAAAAAElFTkSuQmCC  # 0 10 20 30 / 40 50 60 255
color=iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR42mP4z8DAAMIM/1NSUgAcTAQqVK3cPwAAAABJRU5ErkJggg== # red green / blue 100
jpeg=/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAACAAQBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z # 4 x 2, all 128
base64 -d <<<$gray >gray.png
base64 -d <<<$color >color.png
base64 -d <<<$jpeg >gray.jpg

# values SPLIT: the values of x, in order
values() {
    h5dump -y -w 1 -d "/$1/x" out.h5 | sed -n '/DATA {/,/}/p' | sed '/}/q' | tr -cd '0-9,\n ' | tr -d '\n ' | sed 's/,$//'
}

if command -v h5dump >/dev/null; then
    good import gray.png -o out.h5:gray
    says stdout '1 row of 2x4 u1'
    is 'a gray picture' "$(values gray)" 0,10,20,30,40,50,60,255
    good import color.png -o out.h5:color
    says stdout '1 row of 2x2x3 u1'
    is 'a picture in color' "$(values color)" 255,0,0,0,255,0,0,0,255,100,100,100
    good import color.png -o out.h5:luminance --grayscale
    is 'its luminance' "$(values luminance)" 76,150,29,100
    good import gray.jpg -o out.h5:jpeg
    is 'a JPEG' "$(values jpeg)" 128,128,128,128,128,128,128,128
    good import gray.png -o out.h5:same --size 2x4
    is 'a picture in its own size' "$(values same)" 0,10,20,30,40,50,60,255
    good import gray.jpg -o out.h5:large --size 3x5
    is 'a larger one of one value' "$(values large)" "$(yes 128 | head -15 | paste -sd,)"
fi

# --- folders
mkdir -p flat class/cat class/dog class/none both/inner mixed
cp gray.png flat/b.PNG
cp gray.jpg flat/a.jpeg
echo text >flat/notes.txt
good import flat -o out.h5:flat
says stdout '2 rows of 2x4 u1'
cp gray.png class/dog/1.png
cp gray.png class/dog/2.png
cp gray.jpg class/cat/1.jpg
good import class -o out.h5:class
says stdout '3 rows of 2x4 u1; folder: cat \(1\), dog \(2\)'
cp gray.png color.png mixed
bad 3 'gray.png: found 2 x 4 pixels, allowed: 2 x 2, as before; hint: --size 2x2' import mixed -o out.h5:mixed
good import mixed -o out.h5:mixed --size 4x4 --grayscale
says stdout '2 rows of 4x4 u1'

# --- a picture from outside under a model of pictures
cat >flat.yaml <<'SPEC'
data: {train: out.h5:flat, scale: unit}
model:
  encoder: [{dense: 2}]
  decoder: [{dense: 8, activation: sigmoid}]
train: {epochs: 1}
SPEC
good run flat.yaml --quiet -n 1 -t 1
good import color.png -o out.h5:color --force
bad 3 'found rows of shape \(2, 2, 3\), allowed: \(2, 4\), .*; hint: hourglass import PICTURES --size 2x4 --grayscale' \
    score results/flat out.h5:color -o x.h5
good import color.png -o out.h5:fit --size 2x4 --grayscale
good score results/flat out.h5:fit -o x.h5
says stdout '^x.h5: 1 row of out.h5:fit under trial .* rows/s on 1 rank x '

# --- what is no good
bad 2 "--size: found '28', allowed: HEIGHTxWIDTH, such as 28x28" import gray.png -o out.h5:x --size 28
bad 2 "--size: found '0x5'" import gray.png -o out.h5:x --size 0x5
printf 'a,b\n1,2\n' >table.csv
bad 2 '--size, --grayscale: are for pictures; found a source of format CSV' import table.csv -o out.h5:x --grayscale
bad 2 'are for CSV; found a source of format PNG or JPEG' import gray.png -o out.h5:x --columns a
cp gray.png both
cp gray.png both/inner
bad 3 'found pictures beside folders of pictures' import both -o out.h5:x
bad 3 'no PNG or JPEG file' import class/none -o out.h5:x
echo text >flat/c.png
bad 3 'flat/c.png: neither a PNG nor a JPEG file, whatever its name says' import flat -o out.h5:x
for file in gray.png gray.jpg; do
    size=$(wc -c <$file)
    for keep in 9 30 $((size / 2)) $((size - 20)); do
        head -c "$keep" $file >"cut.${file##*.}"
        bad 3 "cut.${file##*.}: no good (PNG|JPEG)" import "cut.${file##*.}" -o out.h5:x
    done
done
{ head -c 16 gray.png; printf '\177\377\377\377\177\377\377\377'; tail -c +25 gray.png; } >huge.png
bad 3 'huge.png: ' import huge.png -o out.h5:x
verdict
