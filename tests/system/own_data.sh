#!/bin/bash
# own_data.sh: the commands of the README's section "Your own data in five steps", as they are written there, for a table, a
# series and a folder of pictures; then the same on 1, 2 and 4 ranks, to the same bits.
source "$(dirname "$0")/../lib.sh"
{ has_data tables-text && has_data nab && has_data mnist; } || skip 'no tables-text, nab and mnist below HOURGLASS_DATA'
[ -n "${PYTHON:-}" ] || skip 'no python3, which makes the pictures'

# --- the data
header=age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,capital-gain,capital-loss
header+=,hours-per-week,native-country,income
{ echo $header; head -5000 "$HOURGLASS_DATA/tables-text/adult-train.csv"; } >people.csv
{ echo $header; head -1000 "$HOURGLASS_DATA/tables-text/adult-test.csv"; } >today.csv
machine=$HOURGLASS_DATA/nab/data/realKnownCause/machine_temperature_system_failure.csv
head -15000 "$machine" >machine.csv
{ head -1 "$machine"; tail -n +15001 "$machine"; } >machine-today.csv
"$PYTHON" - "$HOURGLASS_DATA" <<'PY'
import gzip, os, struct, sys, zlib
def idx(name, head):
    with gzip.open(f'{sys.argv[1]}/mnist/{name}') as f:
        return f.read()[head:]
pixels, labels = idx('t10k-images-idx3-ubyte.gz', 16), idx('t10k-labels-idx1-ubyte.gz', 8)
def part(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
def write(path, image):
    rows = b''.join(b'\0' + image[28 * r:28 * r + 28] for r in range(28))
    with open(path, 'wb') as f:
        f.write(b'\x89PNG\r\n\x1a\n' + part(b'IHDR', struct.pack('>IIBBBBB', 28, 28, 8, 0, 0, 0, 0))
                + part(b'IDAT', zlib.compress(rows)) + part(b'IEND', b''))
os.mkdir('photos'), os.mkdir('photos-today')
for i in range(4000):
    if labels[i] == 1:
        write(f'photos/photo_{i:04d}.png', pixels[784 * i:784 * i + 784])
for i in range(40):
    write(f'photos-today/photo_{i:04d}.png', pixels[784 * i:784 * i + 784])
PY

# --- as written
sed -n '/^## Your own data in five steps/,/^## On a cluster/p' "$source_tree/README.md" | grep -E '^hourglass ' >commands
is 'commands in the README' "$(wc -l <commands)" 15
while read -r line; do
    count=$((count + 1))
    PATH=$(dirname "$hourglass"):$PATH bash -c "$line" >stdout 2>message || fail "$line"
done <commands
for name in scores machine-scores; do
    [ "$(wc -l <$name.csv)" -gt 40 ] || fail "$name.csv has $(wc -l <$name.csv) lines"
done
says scores.csv '^row,error,threshold,anomalous,feature_1,share_1'
says machine-scores.csv '^time,row,error,threshold,anomalous'
good top photos-scores.h5 --list 0 --above -1 --csv
says stdout '^photo_0000.png,0,'
[ -s explain.png ] && [ -s worst.png ] || fail 'no heat map'

# --- on more ranks
for name in people machine photos; do
    new=today.csv
    [ $name = people ] || new=$(compgen -G "$name-today*")
    for ranks in 1 2 4; do
        go run $name.yaml -n $ranks --results ranks$ranks --quiet --set train.epochs=2 --set train.shards=4 \
            --set 'sweep.over.train.seed=[1]' || fail "$name on $ranks ranks"
        same "$(trial ranks1/$name)" "$(trial ranks$ranks/$name)"
        good score ranks$ranks/$name "$new" -n $ranks -o $name$ranks.csv
        cmp -s ${name}1.csv $name$ranks.csv || fail "$name: other scores on $ranks ranks"
    done
done
verdict
