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

# --- what is not read is counted and named
grep -q warning message && fail 'a warning about a folder of good pictures'
good import flat -o out.h5:flat --force
says message 'warning: flat: 1 file of another format left out: flat/notes.txt'
mkdir -p other/deep/inner
cp gray.png other/a.png
cp gray.png other/a.png.bak
cp gray.png other/deep/inner/b.png
printf 'II*\0' >other/b.tif
printf 'BM' >other/c.bmp
touch other/.hidden
good import other -o out.h5:other
says stdout '1 row of 2x4 u1'
says message 'warning: other: 3 files of other formats left out: other/a.png.bak, other/b.tif, other/c.bmp'
says message 'warning: other: 1 folder in a folder of pictures left out: other/deep/inner'
mkdir loop
cp gray.png loop
ln -s . loop/again
bad 3 'loop: found pictures next to folders of pictures' import loop -o out.h5:loop
rm -r loop
mkdir empty
printf 'II*\0' >empty/a.tif
bad 3 'empty: no PNG or JPEG file .* in this folder; it holds empty/a.tif' import empty -o out.h5:x

# --- --skip-bad: a bad picture is named with its reason, and left out on demand
mkdir -p bad/one bad/two
cp gray.png bad/one/1.png
cp gray.jpg bad/two/really-a-jpeg.png
echo text >bad/one/2.png
: >bad/one/3.png
head -c 70 gray.png >bad/one/4.png
ln -s nowhere.png bad/two/5.png
bad 3 'bad/one/2.png: neither a PNG nor a JPEG file, whatever its name says; hint: hourglass import --skip-bad' import bad -o out.h5:bad
says message 'bad/one/3.png: the file is empty'
says message 'bad/two/5.png: No such file'
rm bad/one/[23].png bad/two/5.png
bad 3 'bad/one/4.png: no good PNG: .*; hint: hourglass import --skip-bad leaves bad pictures out' import bad -o out.h5:bad
echo text >bad/one/2.png
good import bad -o out.h5:bad --skip-bad
says stdout '2 rows of 2x4 u1; folder: one \(1\), two \(1\)'
says message 'warning: left out: bad/one/2.png: neither a PNG nor a JPEG'
says message 'warning: left out: bad/one/4.png: no good PNG'
says message 'warning: bad: 2 of 4 pictures are bad and left out'
rm bad/one/1.png bad/two/*
bad 3 'bad: found no good picture among 2' import bad -o out.h5:none --skip-bad
says message 'left out: bad/one/4.png: no good PNG'
good import flat -o out.h5:flat --force --skip-bad

# --- gray pictures in three channels
good import gray.png -o out.h5:three --color
says stdout '1 row of 2x4x3 u1'
command -v h5dump >/dev/null && is 'a gray picture in color' "$(values three)" \
    0,0,0,10,10,10,20,20,20,30,30,30,40,40,40,50,50,50,60,60,60,255,255,255
bad 2 '--color: found together with --grayscale' import gray.png -o out.h5:x --color --grayscale

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
bad 2 '--size, --grayscale, --color, --skip-bad: are for pictures; found a source of format CSV' import table.csv -o out.h5:x --grayscale
bad 2 'are for CSV; found a source of format PNG or JPEG' import gray.png -o out.h5:x --columns a
cp gray.png both
cp gray.png both/inner
bad 3 'found pictures next to folders of pictures' import both -o out.h5:x
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
{ head -c 16 gray.png; printf '\0\0\177\377\0\0\020\0'; tail -c +25 gray.png; } >large.png
bad 3 'large.png: no good PNG: ' import large.png -o out.h5:x
{ head -c 16 gray.png; printf '\177\377\377\377\177\377\377\377'; tail -c +25 gray.png; } >huge.png
bad 3 'huge.png: ' import huge.png -o out.h5:x
verdict
