#!/usr/bin/env python3
"""Phone numbers: the extension agrees with Google's libphonenumber (its port `phonenumbers`, of the pinned version) on the example
numbers of every region and type, on its invalid examples, and on what becomes of them with a digit more or less, in every way to write them.

Usage: tests/native/phones.py [path of libnxtchat.so]   Needs python3 with venv; makes build/phones once.
Prints what was compared and each disagreement, and fails when there is one.
"""
import json
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "phones"
# The version whose metadata rlibphonenumber 2.2.15 carries (others differ on what changed between them: Benin, China, Zimbabwe).
VERSION = "9.0.42"


def library():
    python = HOME / "bin" / "python"
    mark = HOME / f"phonenumbers-{VERSION}"
    if not mark.exists():
        venv.create(HOME, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"phonenumbers=={VERSION}"], check=True)
        mark.touch()
    sys.path.insert(0, str(next(HOME.glob("lib/python*/site-packages"))))


library()
import phonenumbers as google  # noqa: E402
from phonenumbers import PhoneNumberFormat as Format, PhoneNumberType as Type, ValidationResult as Length  # noqa: E402

TYPES = {
    Type.FIXED_LINE: "fixed_line", Type.MOBILE: "mobile", Type.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile", Type.TOLL_FREE: "toll_free",
    Type.PREMIUM_RATE: "premium_rate", Type.SHARED_COST: "shared_cost", Type.VOIP: "voip", Type.PERSONAL_NUMBER: "personal",
    Type.PAGER: "pager", Type.UAN: "uan", Type.VOICEMAIL: "voicemail", Type.UNKNOWN: "unknown",
}
LENGTHS = {
    Length.IS_POSSIBLE: "invalid", Length.IS_POSSIBLE_LOCAL_ONLY: "local_only", Length.INVALID_COUNTRY_CODE: "country_code",
    Length.TOO_SHORT: "too_short", Length.INVALID_LENGTH: "length", Length.TOO_LONG: "too_long",
}
FAILURES = {
    google.NumberParseException.INVALID_COUNTRY_CODE: "country_code", google.NumberParseException.NOT_A_NUMBER: "not_a_number",
    google.NumberParseException.TOO_SHORT_AFTER_IDD: "too_short", google.NumberParseException.TOO_SHORT_NSN: "too_short",
    google.NumberParseException.TOO_LONG: "too_long",
}


def examples():
    """Numbers with the region that they are read in; None where they are read with their country code only."""
    for region in sorted(google.SUPPORTED_REGIONS):
        for kind in Type.values():
            number = google.example_number_for_type(region, kind)
            if number:
                yield number, region
        number = google.invalid_example_number(region)
        if number:
            yield number, region
    for code in google.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        yield google.example_number_for_non_geo_entity(code), None


def spellings(number, region):
    """Every way to write a number, and with a digit more and less."""
    e164 = google.format_number(number, Format.E164)
    for text in (e164, google.format_number(number, Format.INTERNATIONAL), google.format_number(number, Format.RFC3966), e164 + "0", e164[:-1]):
        yield text, None
        if region:
            yield text, region
    if region:
        national = google.format_number(number, Format.NATIONAL)
        yield national, region
        yield national + "1", region
        yield google.national_significant_number(number), region
        yield google.format_out_of_country_calling_number(number, "DE"), "DE"


def expected(text, region):
    try:
        number = google.parse(text, region)
    except google.NumberParseException as failure:
        problem = FAILURES[failure.error_type]
        if problem == "country_code" and region is None and not text.startswith("+"):
            problem = "no_country"
        return {"valid": False, "e164": "", "problem": problem}
    valid = google.is_valid_number(number)
    return {
        "valid": valid,
        "e164": google.format_number(number, Format.E164) if valid else "",
        "country": google.region_code_for_number(number) or "",
        "national": google.format_number(number, Format.NATIONAL),
        "international": google.format_number(number, Format.INTERNATIONAL),
        "type": TYPES[google.number_type(number)],
        "problem": "" if valid else LENGTHS[google.is_possible_number_with_reason(number)],
    }


def native(cases, extension):
    """What the extension says of each case, in order."""
    program = """
        $out = array();
        foreach ( json_decode( stream_get_contents( STDIN ), true ) as [ $region, $texts ] ) {
            foreach ( array_chunk( $texts, 10000 ) as $chunk ) {
                $out[] = NxtChat\\Native\\phones_parse( $chunk, $region );
            }
        }
        echo json_encode( array_merge( ...$out ), JSON_THROW_ON_ERROR );
    """
    by_region = {}
    for at, (text, region) in enumerate(cases):
        by_region.setdefault(region, []).append((at, text))
    asked = json.dumps([[region, [text for _, text in texts]] for region, texts in by_region.items()])
    command = ["php", "-n", "-d", f"extension={extension}", "-d", "memory_limit=512M", "-r", program]
    answers = json.loads(subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout)
    order = [at for texts in by_region.values() for at, _ in texts]
    return [answer for _, answer in sorted(zip(order, answers), key=lambda pair: pair[0])]


def main():
    extension = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "target/release/libnxtchat.so")
    numbers = list(examples())
    cases = sorted({case for number in numbers for case in spellings(*number)}, key=lambda case: (case[1] or "", case[0]))
    compared, differ, wrong = Counter(), [], 0
    for (text, region), ours in zip(cases, native(cases, extension), strict=True):
        before = len(differ)
        for what, value in expected(text, region).items():
            compared[what] += 1
            if ours[what] != value:
                differ.append(f"{text} ({region or 'no region'}): {what}: libphonenumber {value!r}, we {ours[what]!r}")
        wrong += len(differ) > before
    valid = sum(1 for case in cases if expected(*case)["valid"])
    print(f"phonenumbers {google.__version__}: {len(numbers)} example numbers of {len(google.SUPPORTED_REGIONS)} regions, "
          f"{len(cases)} spellings ({valid} valid), {sum(compared.values())} comparisons: " + ", ".join(f"{what} {n}" for what, n in compared.items()))
    for line in differ[:50]:
        print(line)
    # As every runner of ours closes.
    print(f"{len(cases) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
