"""How numbers are written: one rule for each kind of number.

Each function takes one value of the findings and gives the text a reader sees. ``Bound.style``
names the function, so that any number in a sentence can be written again and compared.

Four conventions hold throughout.

* *Rounding* is half away from zero, applied to the shortest decimal that reads back to the same
  float. 0.125 gives 0.13 and 2.675 gives 2.68, as a person with pencil and paper would write
  them; rounding the binary value, or to even, would give 2.67 and 0.12, and a reader who checks
  the report against a published table would see differences that mean nothing.
* *Minus* is U+2212, never the hyphen. Nothing is ever written as minus zero.
* *Thousands* are grouped with a comma, from 1,000 up.
* *Astronomic* numbers, from 10¹⁵ up, are powers of ten whatever their kind: no reader counts so
  many digits, and a float does not hold them.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

MINUS = "−"
PER_THOUSAND = "per 1,000"
_TINY, _VANISHING, _WHOLE, _HUGE = Decimal("0.01"), Decimal("1e-6"), Decimal(1000), Decimal("1e6")
_ASTRONOMIC = Decimal("1e15")
_NOISE = 1e-12
_SMALLEST_P = Decimal("0.001")
_TWO_DIGIT_P = Decimal("0.1")
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def estimate(value: float) -> str:
    """Write an effect or a limit of its interval: ``−15.79``, ``0.51``, ``0.00342``, ``12,345``.

    Two decimals; three significant digits below 0.01, where two decimals would hide the number
    (a small rate difference must not read 0.00); whole numbers from 1,000 and powers of ten from
    a million up.

    Below 10⁻¹² in size an effect is written 0.00. Differences are made by subtraction, which
    leaves some 10⁻¹⁶ of the numbers subtracted where they are equal: 5.55e-17 among effects of
    order 1, 10⁻¹³ on a scale to 1,000. No unit in which trials report gives a difference, or a
    between-trial variance, as small as that. Ratios come from exponents and carry no such noise;
    they have :func:`ratio`.
    """
    return _effect(without_noise(value))


def ratio(value: float) -> str:
    """Write a ratio or a limit of its interval: as :func:`estimate`, however small it is.

    With two trials and the t distribution a lower limit can lie below 10⁻¹²; that is a result.
    """
    return _effect(value)


def without_noise(value: float) -> float:
    """Give 0 for what rounding leaves of a difference that is none; see :func:`estimate`."""
    return 0.0 if abs(value) < _NOISE else value


def _effect(value: float) -> str:
    exact = _decimal(value)
    size = abs(exact)
    if size == 0:
        return "0.00"
    if size < _VANISHING or size >= _HUGE:
        return _signed(exact, _power_of_ten(size))
    if size < _TINY:
        return _signed(exact, f"{_significant(size):f}")
    if size >= _WHOLE:
        return _signed(exact, _grouped(size, 0))
    return _signed(exact, _grouped(size, 2))


def magnitude(value: float) -> str:
    """Write the size of an effect without its sign, for use with a word for its direction."""
    return estimate(abs(value))


def p_value(value: float) -> str:
    """Write a p-value with its sign of relation: ``p = 0.051``, ``p = 0.32``, ``p < 0.001``.

    Three decimals below 0.1, two from there; never ``p = 0`` and never ``p = 1.00`` for less.
    """
    exact = _decimal(value)
    if exact < _SMALLEST_P:
        return f"p < {_SMALLEST_P}"
    places = 3 if exact < _TWO_DIGIT_P else 2
    written = _grouped(exact, places)
    if written == "1.00" and exact < 1:
        return "p > 0.99"
    return f"p = {written}"


def p_in_table(value: float) -> str:
    """Write a p-value without its name, for a column of them: ``0.0003``, ``0.046``, ``0.18``.

    One digit more than in prose where it is small, so that a column can be compared.
    """
    exact = _decimal(value)
    if exact < _SMALLEST_P / 10:
        return "< 0.0001"
    if exact < _SMALLEST_P:
        return _grouped(exact, 4)
    return p_value(value).removeprefix("p ").removeprefix("= ")


def count(value: float) -> str:
    """Write a count: ``2,309``; a fraction (arms that were split) keeps one decimal."""
    exact = _decimal(value)
    places = 0 if exact == exact.to_integral_value() else 1
    return _signed(exact, _grouped(abs(exact), places))


def trials(value: int) -> str:
    """Write a number of trials with its noun: ``one trial``, ``3 trials``."""
    return "one trial" if value == 1 else f"{count(value)} trials"


def people(value: int) -> str:
    """Write a number of people with its noun: ``one person``, ``2,309 people``."""
    return "one person" if value == 1 else f"{count(value)} people"


def analyses(value: int) -> str:
    """Write a number of analyses with its noun: ``one analysis``, ``120 analyses``."""
    return "one analysis" if value == 1 else f"{count(value)} analyses"


def defensible_analyses(value: int) -> str:
    """Write a number of specifications: ``120 defensible analyses``."""
    return "one defensible analysis" if value == 1 else f"{count(value)} defensible analyses"


def files(value: dict[str, str]) -> str:
    """Write how many files a mapping names: ``one file``, ``6 files``."""
    return "one file" if len(value) == 1 else f"{count(len(value))} files"


def per_thousand(value: float) -> str:
    """Write people per 1,000 as a whole number: ``88``."""
    exact = _decimal(value)
    return _signed(exact, _grouped(abs(exact), 0))


def per_thousand_size(value: float) -> str:
    """Write a difference per 1,000 without its sign, for use with *more* or *fewer*."""
    return per_thousand(abs(value))


def more_or_fewer(value: float) -> str:
    """Write a difference between numbers of people per 1,000 with its direction: ``24 more``.

    Nought has no direction: ``the same number``.
    """
    if without_noise(value) == 0:
        return "the same number"
    return f"{per_thousand_size(value)} {'fewer' if value < 0 else 'more'}"


def percent(value: float) -> str:
    """Write a percentage given as such (I², weights in words): ``69%``."""
    exact = _decimal(value)
    return _signed(exact, _grouped(abs(exact), 0)) + "%"


def weight(value: float) -> str:
    """Write a trial's weight with one decimal: ``34.1%``."""
    exact = _decimal(value)
    return _signed(exact, _grouped(abs(exact), 1)) + "%"


def share(value: float) -> str:
    """Write a share between 0 and 1 as a percentage: 0.6875 gives ``69%``.

    A share that is not all or nothing never reads 100% or 0%.
    """
    exact = 100 * _decimal(value)
    written = _signed(exact, _grouped(abs(exact), 0))
    if written == "100" and exact < 100:  # noqa: PLR2004 - percent
        return "more than 99%"
    if written == "0" and exact > 0:
        return "less than 1%"
    return f"{written}%"


def tau2(value: float) -> str:
    """Write a between-trial variance: as an effect, since it has the effect's squared units."""
    return estimate(value)


def statistic(value: float) -> str:
    """Write a test statistic (z, t, Q): two decimals."""
    exact = _decimal(value)
    return _signed(exact, _grouped(abs(exact), 2))


def degrees_of_freedom(value: float) -> str:
    """Write degrees of freedom: whole, else one decimal."""
    return count(value)


def bound_of_scale(value: float) -> str:
    """Write an end of a scale with the digits it needs: ``0``, ``100``, ``0.5``."""
    exact = _decimal(value).normalize()
    size = abs(exact)
    if size >= _ASTRONOMIC or 0 < size < _VANISHING:
        return _signed(exact, _power_of_ten(size))
    return _signed(exact, f"{size:,f}")


def interval(low: float, high: float) -> str:
    """Write an interval for a table: ``−32.09 to 0.51``.

    In sentences the two limits are bound apart, each with :func:`estimate`.
    """
    return f"{estimate(low)} to {estimate(high)}"


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _grouped(size: Decimal, places: int) -> str:
    """Write a size with so many decimals, or as a power of ten where it is astronomic."""
    return _power_of_ten(size) if size >= _ASTRONOMIC else f"{_rounded(size, places):,f}"


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _significant(value: Decimal, digits: int = 3) -> Decimal:
    """Round to significant digits; 0.00999996 is 0.0100, not 0.01000."""
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(value)
    return rounded.quantize(Decimal(1).scaleb(rounded.adjusted() - digits + 1))


def _power_of_ten(value: Decimal) -> str:
    mantissa = _rounded(value.scaleb(-value.adjusted()), 2)
    exponent = value.adjusted()
    if mantissa == 10:  # noqa: PLR2004 - 9.995 rounds up to the next power
        mantissa, exponent = Decimal("1.00"), exponent + 1
    return f"{mantissa:f} × 10{str(exponent).translate(_SUPERSCRIPT)}"


def _signed(value: Decimal, digits: str) -> str:
    """Put the minus before digits unless they have all been rounded to nought."""
    shows_something = any(character in "123456789" for character in digits)
    return MINUS + digits if value < 0 and shows_something else digits
