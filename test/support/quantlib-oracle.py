"""Writes what QuantLib says of some thousand options, as the tables that test/domain/options compares with.

    /usr/bin/python3 test/support/quantlib-oracle.py FOLDER [--first N]

Needs QuantLib for Python (Debian and Ubuntu: apt-get install quantlib-python). The cases are the same at every run;
--first N writes only the first N of each table.

european.json  Black-Scholes-Merton: AnalyticEuropeanEngine
black76.json   Black 1976: BlackCalculator on the forward
american.json  QdFpAmericanEngine with both of its equations; cases where they differ by more than 1e-9 of the strike,
               because one of them has not converged, are left out, and so are those to be exercised at once, to
               whose worth it adds noise. Greeks are differences of its prices
"""

import itertools
import json
import os
import random
import sys

import QuantLib as ql

TODAY = ql.Date(2, 1, 2024)
COUNT = ql.Actual365Fixed()
TYPES = {"call": ql.Option.Call, "put": ql.Option.Put}
AMERICAN_SCHEME = ql.QdFpLegendreTanhSinhScheme(32, 16, 24, 1e-12)


def process(spot, rate, dividend, volatility):
    def flat(value):
        return ql.YieldTermStructureHandle(ql.FlatForward(TODAY, value, COUNT))

    surface = ql.BlackConstantVol(TODAY, ql.NullCalendar(), volatility, COUNT)
    return ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)), flat(dividend), flat(rate), ql.BlackVolTermStructureHandle(surface)
    )


def european(dice):
    kind = dice.choice(["call", "put"])
    days = dice.choice([1, 2, 5, 9, 16, 30, 44, 61, 91, 183, 365, 730, 1825, 3650, 10950])
    strike = dice.choice([1, 50, 100, 100, 100, 4500, 22000])
    rate = round(dice.uniform(-0.03, 0.15), 4)
    dividend = dice.choice([0, round(dice.uniform(-0.02, 0.12), 4)])
    volatility = round(dice.choice([dice.uniform(0.01, 0.1), dice.uniform(0.1, 0.5), dice.uniform(0.5, 2.5)]), 4)
    spread = volatility * (days / 365) ** 0.5
    spot = round(strike * min(5, max(0.2, 2.718281828 ** (dice.uniform(-4, 4) * spread))), 3)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(TYPES[kind], strike), ql.EuropeanExercise(TODAY + days))
    option.setPricingEngine(ql.AnalyticEuropeanEngine(process(spot, rate, dividend, volatility)))
    return [
        *[kind, spot, strike, days / 365, rate, dividend, volatility],
        *[option.NPV(), option.delta(), option.gamma(), option.vega(), option.theta(), option.rho()],
    ]


def black76(dice):
    kind = dice.choice(["call", "put"])
    years = round(2.718281828 ** dice.uniform(-6, 3), 6)
    strike = dice.choice([0.8, 70, 100, 4500])
    rate = round(dice.uniform(-0.03, 0.15), 4)
    volatility = round(dice.choice([dice.uniform(0.01, 0.1), dice.uniform(0.1, 0.5), dice.uniform(0.5, 2.5)]), 4)
    deviation = volatility * years**0.5
    forward = round(strike * min(5, max(0.2, 2.718281828 ** (dice.uniform(-4, 4) * deviation))), 4)
    discount = 2.718281828459045 ** (-rate * years)
    black = ql.BlackCalculator(ql.PlainVanillaPayoff(TYPES[kind], strike), forward, deviation, discount)
    return [
        *[kind, forward, strike, years, rate, volatility, black.value(), black.deltaForward(), black.gammaForward()],
        *[black.vega(years), black.theta(forward, years), -years * black.value()],
    ]


def american(dice):
    kind = dice.choice(["call", "put"])
    days = dice.choice([5, 9, 16, 30, 44, 61, 91, 183, 365, 730, 1825])
    strike = dice.choice([50, 100, 4500])
    rate = round(dice.uniform(0.005, 0.15), 4)
    dividend = round(dice.uniform(0.002, 0.12), 4)
    volatility = round(dice.uniform(0.1, 0.8), 4)
    spot = round(strike * 2.718281828 ** (dice.uniform(-2, 2) * volatility * (days / 365) ** 0.5), 2)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(TYPES[kind], strike), ql.AmericanExercise(TODAY, TODAY + days))

    def price(spot=spot, rate=rate, volatility=volatility, equation=ql.QdFpAmericanEngine.FP_A):
        engine = ql.QdFpAmericanEngine(process(spot, rate, dividend, volatility), AMERICAN_SCHEME, equation)
        option.setPricingEngine(engine)
        return option.NPV()

    def slope(of, step):
        return (8 * (of(step) - of(-step)) - (of(2 * step) - of(-2 * step))) / (12 * step)

    found = price()
    if abs(found - price(equation=ql.QdFpAmericanEngine.FP_B)) > 1e-9 * strike:
        return None
    if found - option.payoff()(spot) < 1e-6 * strike:
        return None
    delta = slope(lambda step: price(spot=spot + step), spot * 1e-4)
    vega = slope(lambda step: price(volatility=volatility + step), 1e-4)
    rho = slope(lambda step: price(rate=rate + step), 1e-4)
    return [kind, spot, strike, days / 365, rate, dividend, volatility, found, delta, vega, rho]


TABLES = {
    "european": (european, 1500, "type spot strike years rate dividend volatility price delta gamma vega theta rho"),
    "black76": (black76, 700, "type forward strike years rate volatility price delta gamma vega theta rho"),
    "american": (american, 400, "type spot strike years rate dividend volatility price delta vega rho"),
}


def main(folder, most):
    ql.Settings.instance().evaluationDate = TODAY
    for name, (make, size, columns) in TABLES.items():
        dice = random.Random(name)
        made = (make(dice) for _ in itertools.count())
        rows = list(itertools.islice((row for row in made if row is not None), min(size, most)))
        head = json.dumps({"quantlib": ql.__version__, "columns": columns.split()})[:-1]
        with open(os.path.join(folder, f"{name}.json"), "w", encoding="utf-8") as file:
            file.write(head + ', "rows": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else sys.maxsize)
