"""The papers behind the methods: cited once, wherever a method is named.

It stands apart from the rooms, as the errors do: statistics cite a method in a methods paragraph,
and words cite the same method in a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Citation:
    """A paper: ``short`` is how a sentence names it, ``full`` is its entry in a list."""

    short: str
    full: str
    doi: str

    def __str__(self) -> str:
        return f"{self.full}. doi:{self.doi}"


LITERATURE: Final[dict[str, Citation]] = {
    "biggerstaff-jackson-2008": Citation(
        "Biggerstaff and Jackson 2008",
        "Biggerstaff BJ, Jackson D. The exact distribution of Cochran's heterogeneity statistic in "
        "one-way random effects meta-analysis. Stat Med 2008;27:6093-6110",
        "10.1002/sim.3428",
    ),
    "brannick-2019": Citation(
        "Brannick and others 2019",
        "Brannick MT, Potter SM, Benitez B, Morris SB. Bias and precision of alternate estimators "
        "in meta-analysis. Organ Res Methods 2019;22:490-514",
        "10.1177/1094428117741966",
    ),
    "dersimonian-kacker-2007": Citation(
        "DerSimonian and Kacker 2007",
        "DerSimonian R, Kacker R. Random-effects model for meta-analysis of clinical trials: an "
        "update. Contemp Clin Trials 2007;28:105-114",
        "10.1016/j.cct.2006.04.004",
    ),
    "dersimonian-laird-1986": Citation(
        "DerSimonian and Laird 1986",
        "DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials "
        "1986;7:177-188",
        "10.1016/0197-2456(86)90046-2",
    ),
    "doi-2015": Citation(
        "Doi and others 2015",
        "Doi SAR, Barendregt JJ, Khan S, Thalib L, Williams GM. Advances in the meta-analysis of "
        "heterogeneous clinical trials I: the inverse variance heterogeneity model. Contemp Clin "
        "Trials 2015;45:130-138",
        "10.1016/j.cct.2015.05.009",
    ),
    "freeman-tukey-1950": Citation(
        "Freeman and Tukey 1950",
        "Freeman MF, Tukey JW. Transformations related to the angular and the square root. Ann "
        "Math Stat 1950;21:607-611",
        "10.1214/aoms/1177729756",
    ),
    "greenland-robins-1985": Citation(
        "Greenland and Robins 1985",
        "Greenland S, Robins JM. Estimation of a common effect parameter from sparse follow-up "
        "data. Biometrics 1985;41:55-68",
        "10.2307/2530643",
    ),
    "hardy-thompson-1996": Citation(
        "Hardy and Thompson 1996",
        "Hardy RJ, Thompson SG. A likelihood approach to meta-analysis with random effects. Stat "
        "Med 1996;15:619-629",
        "10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A",
    ),
    "hartung-knapp-2001": Citation(
        "Hartung and Knapp 2001",
        "Hartung J, Knapp G. On tests of the overall treatment effect in meta-analysis with "
        "normally distributed responses. Stat Med 2001;20:1771-1782",
        "10.1002/sim.791",
    ),
    "hedges-1981": Citation(
        "Hedges 1981",
        "Hedges LV. Distribution theory for Glass's estimator of effect size and related "
        "estimators. J Educ Stat 1981;6:107-128",
        "10.3102/10769986006002107",
    ),
    "hedges-1983": Citation(
        "Hedges 1983",
        "Hedges LV. A random effects model for effect sizes. Psychol Bull 1983;93:388-395",
        "10.1037/0033-2909.93.2.388",
    ),
    "henmi-copas-2010": Citation(
        "Henmi and Copas 2010",
        "Henmi M, Copas JB. Confidence intervals for random effects meta-analysis and robustness "
        "to publication bias. Stat Med 2010;29:2969-2983",
        "10.1002/sim.4029",
    ),
    "higgins-thompson-2002": Citation(
        "Higgins and Thompson 2002",
        "Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Stat Med "
        "2002;21:1539-1558",
        "10.1002/sim.1186",
    ),
    "higgins-2009": Citation(
        "Higgins and others 2009",
        "Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects "
        "meta-analysis. J R Stat Soc Ser A 2009;172:137-159",
        "10.1111/j.1467-985X.2008.00552.x",
    ),
    "jackson-2013": Citation(
        "Jackson 2013",
        "Jackson D. Confidence intervals for the between-study variance in random effects "
        "meta-analysis using generalised Cochran heterogeneity statistics. Res Synth Methods "
        "2013;4:220-229",
        "10.1002/jrsm.1081",
    ),
    "jackson-2017": Citation(
        "Jackson and others 2017",
        "Jackson D, Law M, Rücker G, Schwarzer G. The Hartung-Knapp modification for "
        "random-effects meta-analysis: a useful refinement but are there any residual concerns? "
        "Stat Med 2017;36:3923-3934",
        "10.1002/sim.7411",
    ),
    "kenward-roger-1997": Citation(
        "Kenward and Roger 1997",
        "Kenward MG, Roger JH. Small sample inference for fixed effects from restricted maximum "
        "likelihood. Biometrics 1997;53:983-997",
        "10.2307/2533558",
    ),
    "mantel-haenszel-1959": Citation(
        "Mantel and Haenszel 1959",
        "Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective "
        "studies of disease. J Natl Cancer Inst 1959;22:719-748",
        "10.1093/jnci/22.4.719",
    ),
    "morris-1983": Citation(
        "Morris 1983",
        "Morris CN. Parametric empirical Bayes inference: theory and applications. J Am Stat Assoc "
        "1983;78:47-55",
        "10.1080/01621459.1983.10477920",
    ),
    "partlett-riley-2017": Citation(
        "Partlett and Riley 2017",
        "Partlett C, Riley RD. Random effects meta-analysis: coverage performance of 95% "
        "confidence and prediction intervals following REML estimation. Stat Med 2017;36:301-317",
        "10.1002/sim.7140",
    ),
    "paule-mandel-1982": Citation(
        "Paule and Mandel 1982",
        "Paule RC, Mandel J. Consensus values and weighting factors. J Res Natl Bur Stand "
        "1982;87:377-385",
        "10.6028/jres.087.022",
    ),
    "rover-2015": Citation(
        "Röver and others 2015",
        "Röver C, Knapp G, Friede T. Hartung-Knapp-Sidik-Jonkman approach and its modification for "
        "random-effects meta-analysis with few studies. BMC Med Res Methodol 2015;15:99",
        "10.1186/s12874-015-0091-1",
    ),
    "sidik-jonkman-2002": Citation(
        "Sidik and Jonkman 2002",
        "Sidik K, Jonkman JN. A simple confidence interval for meta-analysis. Stat Med "
        "2002;21:3153-3159",
        "10.1002/sim.1262",
    ),
    "sidik-jonkman-2005": Citation(
        "Sidik and Jonkman 2005",
        "Sidik K, Jonkman JN. Simple heterogeneity variance estimation for meta-analysis. J R Stat "
        "Soc Ser C 2005;54:367-384",
        "10.1111/j.1467-9876.2005.00489.x",
    ),
    "sweeting-2004": Citation(
        "Sweeting and others 2004",
        "Sweeting MJ, Sutton AJ, Lambert PC. What to add to nothing? Use and avoidance of "
        "continuity corrections in meta-analysis of sparse data. Stat Med 2004;23:1351-1375",
        "10.1002/sim.1761",
    ),
    "viechtbauer-2005": Citation(
        "Viechtbauer 2005",
        "Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the "
        "random-effects model. J Educ Behav Stat 2005;30:261-293",
        "10.3102/10769986030003261",
    ),
    "viechtbauer-2007": Citation(
        "Viechtbauer 2007",
        "Viechtbauer W. Confidence intervals for the amount of heterogeneity in meta-analysis. "
        "Stat Med 2007;26:37-52",
        "10.1002/sim.2514",
    ),
    "yusuf-1985": Citation(
        "Yusuf and others 1985",
        "Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Beta blockade during and after myocardial "
        "infarction: an overview of the randomized trials. Prog Cardiovasc Dis 1985;27:335-371",
        "10.1016/S0033-0620(85)80003-7",
    ),
}
