"""The fitted parameter sets of the calcium rule of Graupner and Brunel (2012)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RuleSet:
    """One fitted set of the rule's parameters.

    Attributes
    ----------
    tau_ca : float
        Decay time of calcium [s].
    c_pre, c_post : float
        Calcium jump of a presynaptic and of a postsynaptic spike, in units of the depression threshold [1].
    theta_p : float
        Calcium threshold of potentiation [1].
    gamma_d, gamma_p : float
        Rates of depression and of potentiation, in units of 1 / `tau` [1].
    sigma : float
        Amplitude of the noise [1].
    tau : float
        Time scale of the synaptic efficacy [s].
    delay : float
        From a presynaptic spike to its calcium jump [s].
    beta : float
        Share of synapses that start in the low state [1].
    b : float
        Strength of a synapse in the high state over that of one in the low state [1].
    theta_d : float
        Calcium threshold of depression [1].
    rho_star : float
        Boundary between the low and the high state of a synapse [1].
    flag : str
        How well the numbers are known.
    source : tuple of str
        Keys of ``sources.bib``.

    Examples
    --------
    >>> RULE_SETS["cortical_slices"].theta_p
    1.3
    """

    tau_ca: float
    c_pre: float
    c_post: float
    theta_p: float
    gamma_d: float
    gamma_p: float
    sigma: float
    tau: float
    delay: float
    beta: float
    b: float
    theta_d: float = 1.0
    rho_star: float = 0.5
    flag: str = field(default="verified", kw_only=True)
    source: tuple[str, ...] = field(default=("Graupner2012",), kw_only=True)


# fmt: off
RULE_SETS: dict[str, RuleSet] = {
    "cortical_slices": RuleSet(
        tau_ca=0.0226936, c_pre=0.5617539, c_post=1.23964, delay=0.0046098, theta_p=1.3,
        gamma_d=331.909, gamma_p=725.085, sigma=3.3501, tau=346.3615, beta=0.5, b=5.40988,
    ),
    "hippocampal_slices": RuleSet(
        tau_ca=0.0488373, c_pre=1.0, c_post=0.275865, delay=0.0188008, theta_p=1.3,
        gamma_d=313.0965, gamma_p=1645.59, sigma=9.1844, tau=688.355, beta=0.7, b=5.28145,
    ),
    "hippocampal_cultures": RuleSet(
        tau_ca=0.0119536, c_pre=0.58156, c_post=1.76444, delay=0.01, theta_p=1.3,
        gamma_d=61.141, gamma_p=113.6545, sigma=2.5654, tau=33.7596, beta=0.5, b=36.0263,
    ),
    "dp": RuleSet(
        tau_ca=0.02, c_pre=1.0, c_post=2.0, delay=0.0137, theta_p=1.3,
        gamma_d=200.0, gamma_p=321.808, sigma=2.8284, tau=150.0, beta=0.5, b=5.0,
    ),
    "dpd": RuleSet(
        tau_ca=0.02, c_pre=0.9, c_post=0.9, delay=0.0046, theta_p=1.3,
        gamma_d=250.0, gamma_p=550.0, sigma=2.8284, tau=150.0, beta=0.5, b=5.0,
    ),
    "dpd_prime": RuleSet(
        tau_ca=0.02, c_pre=1.0, c_post=2.0, delay=0.0022, theta_p=2.5,
        gamma_d=50.0, gamma_p=600.0, sigma=2.8284, tau=150.0, beta=0.5, b=5.0,
    ),
    "p": RuleSet(
        tau_ca=0.02, c_pre=2.0, c_post=2.0, delay=0.0, theta_p=1.3,
        gamma_d=160.0, gamma_p=257.447, sigma=2.8284, tau=150.0, beta=0.5, b=5.0,
    ),
    "d": RuleSet(
        tau_ca=0.02, c_pre=0.6, c_post=0.6, delay=0.0, theta_p=1.3,
        gamma_d=500.0, gamma_p=550.0, sigma=5.6568, tau=150.0, beta=0.5, b=5.0,
    ),
    "d_prime": RuleSet(
        tau_ca=0.02, c_pre=1.0, c_post=2.0, delay=0.0, theta_p=3.5,
        gamma_d=60.0, gamma_p=600.0, sigma=2.8284, tau=150.0, beta=0.5, b=5.0,
    ),
}
# fmt: on
"""The nine published sets by name (doi:10.1073/pnas.1109359109; numbers from the authors' released code)."""
