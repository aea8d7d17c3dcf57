"""Coefficients of the Rosenbrock method, in the transformed form that needs no product with the Jacobian."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rosenbrock:
    """A Rosenbrock method with W = I / (h gamma) - J.

    Each stage solves ``W k_i = f(t + c_i h, y + sum_j a_ij k_j) + sum_j C_ij / h k_j + h d_i df/dt``; the step is
    ``y + sum_j b_j k_j``, its error estimate the last stage, and within the step, at fraction s,
    ``y(s) = (1 - s) y0 + s (y1 + (1 - s)(H_1 + s (H_2 + s H_3)))`` with ``H_m = sum_j h_mj k_j``.

    Attributes
    ----------
    order, error_order : int
        Order of the step and the power of h in its error estimate.
    gamma : float
    a, c_matrix : tuple of tuple of float
        Strictly lower triangular rows.
    b : tuple of float
    dense : tuple of tuple of float
        Rows of h.

    Examples
    --------
    >>> RODAS5P.stages, RODAS5P.order
    (8, 5)
    """

    order: int
    error_order: int
    gamma: float
    a: tuple[tuple[float, ...], ...]
    c_matrix: tuple[tuple[float, ...], ...]
    b: tuple[float, ...]
    dense: tuple[tuple[float, ...], ...]

    @property
    def stages(self) -> int:
        """Number of stages."""
        return len(self.b)

    def square(self, rows: tuple[tuple[float, ...], ...]) -> NDArray[np.float64]:
        """Fill the rows of a strictly lower triangle up to a square matrix."""
        full = np.zeros((self.stages, self.stages))
        for i, row in enumerate(rows):
            full[i, : len(row)] = row
        return full

    @cached_property
    def gammas(self) -> NDArray[np.float64]:
        """Untransformed matrix of the gamma_ij."""
        inverse = np.eye(self.stages) / self.gamma - self.square(self.c_matrix)
        return np.asarray(np.linalg.inv(inverse), dtype=np.float64)

    @cached_property
    def alphas(self) -> NDArray[np.float64]:
        """Untransformed matrix of the alpha_ij."""
        return self.square(self.a) @ self.gammas

    @cached_property
    def nodes(self) -> NDArray[np.float64]:
        """Times of the stages as fractions of the step, c_i."""
        return np.asarray(self.alphas.sum(axis=1))

    @cached_property
    def time_weights(self) -> NDArray[np.float64]:
        """Weights d_i of the time derivative."""
        return np.asarray(self.gammas.sum(axis=1))


# fmt: off
RODAS5P = Rosenbrock(
    order=5,
    error_order=5,
    gamma=0.21193756319429014,
    a=(
        (),
        (3.0,),
        (2.849394379747939, 0.45842242204463923),
        (-6.954028509809101, 2.489845061869568, -10.358996098473584),
        (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
        (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946),
        (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0),
        (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0, 1.0),
    ),
    c_matrix=(
        (),
        (-14.155112264123755,),
        (-17.97296035885952, -2.859693295451294),
        (147.12150275711716, -1.41221402718213, 71.68940251302358),
        (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
        (24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471),
        (30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623, -28.087943162872662),
        (37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002, -54.66780262877968, -9.48861652309627),
    ),
    b=(-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0, 1.0, 1.0),
    dense=(
        (25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073, 1.1241088310450404, 0.4272876194431874, -0.17202221070155493),
        (-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044, 15.98066361424651, -6.789040303419874, -6.710236069923372),
        (11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654, -59.78993625266729, -0.15582684282751913, 4.883087185713722),
    ),
)
# fmt: on
"""Rodas5P: order 5, stiffly accurate, dense output of order 4 (Steinebach 2023, doi:10.1007/s10543-023-00967-x)."""


@dataclass(frozen=True)
class RungeKutta:
    """An explicit Runge-Kutta method whose last stage opens the next step.

    The step is ``y + h sum_j a_last,j k_j``, its error estimate ``h sum_j e_j k_j``, and within the step, at fraction s,
    ``y + h sum_j (p_j1 s + p_j2 s^2 + ...) k_j``.

    Attributes
    ----------
    order : int
        Order of the step, and power of h in its error estimate.
    nodes : tuple of float
    a : tuple of tuple of float
        Strictly lower triangular rows; the last holds the weights.
    error : tuple of float
    dense : tuple of tuple of float
        Row j holds p_j1 to p_j4.

    Examples
    --------
    >>> len(DORMAND_PRINCE.nodes), DORMAND_PRINCE.order
    (7, 5)
    """

    order: int
    nodes: tuple[float, ...]
    a: tuple[tuple[float, ...], ...]
    error: tuple[float, ...]
    dense: tuple[tuple[float, ...], ...]


# fmt: off
DORMAND_PRINCE = RungeKutta(
    order=5,
    nodes=(0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0),
    a=(
        (),
        (1 / 5,),
        (3 / 40, 9 / 40),
        (44 / 45, -56 / 15, 32 / 9),
        (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
        (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
        (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
    ),
    error=(-71 / 57600, 0.0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40),
    dense=(
        (1.0, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432),
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799),
        (0.0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072),
        (0.0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632),
        (0.0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844),
        (0.0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423),
    ),
)
# fmt: on
"""Order 5 with seven stages (Dormand and Prince 1980, doi:10.1016/0771-050X(80)90013-3); dense output of order 4
(Shampine 1986, doi:10.2307/2008219)."""
