using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>
/// Derivatives of derivatives. The first cases are the classic ones of perturbation confusion (Siskind and Pearlmutter,
/// 2005; Manzyuk et al., JFP 2019), where an implementation with one global perturbation gives a wrong number.
/// </summary>
public class NestedTests
{
    private static Tensor Number(double value) => Tensor.Scalar(value);

    /// <summary>d f/dx by reverse mode, differentiable again.</summary>
    private static Tensor Reverse(Func<Tensor, Tensor> f, Tensor x) => Gradient.Of(f, x, record: true);

    /// <summary>d f/dx by forward mode, differentiable again.</summary>
    private static Tensor Forward(Func<Tensor, Tensor> f, Tensor x) => Tangent.Of(f, x, Number(1), record: true).Tangent;

    public static TheoryData<string, string> Modes => new()
    {
        { "reverse", "reverse" },
        { "reverse", "forward" },
        { "forward", "reverse" },
        { "forward", "forward" },
    };

    private static Func<Func<Tensor, Tensor>, Tensor, Tensor> Mode(string name) => name == "reverse" ? Reverse : Forward;

    /// <summary>d/dx [x · d/dy (x + y)] at 1: the inner derivative is 1, so the result is 1, not 2.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void SumInsideProduct(string outer, string inner) =>
        Assert.Equal(1, Mode(outer)(x => x * Mode(inner)(y => x + y, Number(1)), Number(1)).Item());

    /// <summary>d/dx [x · d/dy (x · y)] = 2x.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void ProductInsideProduct(string outer, string inner) =>
        Assert.Equal(6, Mode(outer)(x => x * Mode(inner)(y => x * y, Number(2)), Number(3)).Item());

    /// <summary>d/dx [x · d/dy (x · y²) at y = x] = d/dx [2x³] = 6x².</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void TheInnerPointDependsOnTheOuterVariable(string outer, string inner) =>
        Assert.Equal(54, Mode(outer)(x => x * Mode(inner)(y => x * y * y, x), Number(3)).Item());

    /// <summary>An inner derivative of something that does not use the inner variable is 0, whatever the outer one does.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void TheInnerVariableIsUnused(string outer, string inner) =>
        Assert.Equal(0, Mode(outer)(x => x * Mode(inner)(_ => x * x, x), Number(3)).Item());

    /// <summary>Four derivatives of x⁵ · e^(2x), each mode inside the other.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void FourthDerivative(string outer, string inner)
    {
        Func<Func<Tensor, Tensor>, Tensor, Tensor> d = Mode(outer);
        Func<Func<Tensor, Tensor>, Tensor, Tensor> e = Mode(inner);
        double actual = d(a => e(b => d(c => e(x => x.Pow(5) * (x * 2).Exp(), c), b), a), Number(0.7)).Item();
        // Leibniz: Σ binomial(4, k) · (x⁵)⁽ᵏ⁾ · 2⁴⁻ᵏ e^(2x).
        double x = 0.7;
        double exact = Math.Exp(2 * x)
            * (16 * Math.Pow(x, 5) + 4 * 8 * 5 * Math.Pow(x, 4) + 6 * 4 * 20 * Math.Pow(x, 3) + 4 * 2 * 60 * x * x + 120 * x);
        Assert.Equal(exact, actual, 1e-12 * exact);
    }

    [Fact]
    public void DerivativesOfSineToOrderEight()
    {
        Func<Tensor, Tensor> f = x => x.Sin();
        for (int order = 1; order <= 8; order++)
        {
            Func<Tensor, Tensor> former = f;
            f = order % 2 == 0 ? x => Forward(former, x) : x => Reverse(former, x);
            Assert.Equal(Math.Sin(0.4 + order * Math.PI / 2), f(Number(0.4)).Item(), 1e-14);
        }
    }

    /// <summary>Two inner variables of one outer expression do not meet.</summary>
    [Fact]
    public void SiblingDerivativesAreSeparate()
    {
        // d/dx [f_y(x · y²)|₃ · f_z(x · z³)|₂] = d/dx [6x · 12x] = 144x.
        double actual = Reverse(x => Forward(y => x * y * y, Number(3)) * Reverse(z => x * z.Pow(3), Number(2)), Number(0.5)).Item();
        Assert.Equal(72, actual, 1e-12);
    }

    [Fact]
    public void TheGradientOfAGradientNorm()
    {
        // f = ½ xᵀAx with symmetric A: ∇ ½|∇f|² = A A x.
        Tensor a = Symmetric(5);
        Tensor x = Numbers.Random([5], DType.F64, "x");
        Tensor actual = Gradient.Of(y => Reverse(z => Quadratic(a, z), y).Square().Sum() * 0.5, x);
        Numbers.Close(Times(a, Times(a, x)), actual, _ => 1e-13, "gradient of |gradient|²/2");
    }

    [Fact]
    public void TheHessianOfAQuadraticIsItsMatrix()
    {
        Tensor a = Symmetric(6);
        Tensor x = Numbers.Random([6], DType.F64, "x");
        for (int k = 0; k < 6; k++)
        {
            Tensor unit = Ops.OneHot([k], 6, DType.F64).Reshape(6);
            Numbers.Close(a.At(0, k), Hessian.Times(y => Quadratic(a, y), x, unit), _ => 1e-14, $"column {k} forward");
            Numbers.Close(a.At(0, k), Hessian.TimesByReverse(y => Quadratic(a, y), x, unit), _ => 1e-14, $"column {k} reverse");
        }
    }

    [Fact]
    public void BothWaysToMultiplyByAHessianAgree()
    {
        Tensor w = Numbers.Random([12, 3], DType.F64, "w");
        Tensor filters = Numbers.Random([3, 1, 2, 2], DType.F64, "filters");
        Tensor x = Numbers.Random([2, 1, 3, 3], DType.F64, "x");
        Tensor v = Numbers.Random([2, 1, 3, 3], DType.F64, "v");
        Tensor f(Tensor y) => y.Conv2d(filters, new()).Tanh().Flatten().MatMul(w).CrossEntropy([0, 2]);
        Tensor forward = Hessian.Times(f, x, v);
        Assert.True(forward.Abs().Max().Item() > 1e-3);
        Numbers.Close(forward, Hessian.TimesByReverse(f, x, v), _ => 1e-15, "Hessian products");
        // Symmetry: ⟨u, Hv⟩ = ⟨v, Hu⟩.
        Tensor u = Numbers.Random([2, 1, 3, 3], DType.F64, "u");
        Assert.Equal((u * forward).Sum().Item(), (v * Hessian.Times(f, x, u)).Sum().Item(), 1e-15);
    }

    [Fact]
    public void TheJacobianHoldsTheGradientsOfTheOutputs()
    {
        Tensor w = Numbers.Random([4, 3], DType.F64, "w");
        Tensor x = Numbers.Random([5, 4], DType.F64, "x");
        Tensor f(Tensor y) => y.MatMul(w).Sigmoid();
        Tensor jacobian = Hessian.Jacobian(f, x);
        Assert.Equal(new Shape(5, 3, 4), jacobian.Shape);
        for (int n = 0; n < 5; n++)
        {
            for (int k = 0; k < 3; k++)
            {
                Tensor row = Gradient.Of(y => f(y).At(0, n).At(0, k), x).At(0, n);
                Numbers.Close(row, jacobian.At(0, n).At(0, k), _ => 1e-15, $"example {n}, output {k}");
            }
        }
        string message = Assert.Throws<ArgumentException>(() => Hessian.Jacobian(y => y.Sum(1), x)).Message;
        Assert.Contains("[5, 4] to [5]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTangentOfATangentIsTheSecondDirectionalDerivative()
    {
        Tensor a = Symmetric(4);
        Tensor x = Numbers.Random([4], DType.F64, "x");
        Tensor u = Numbers.Random([4], DType.F64, "u");
        Tensor v = Numbers.Random([4], DType.F64, "v");
        Tensor inner(Tensor y) => Tangent.Of(z => Quadratic(a, z), y, u, record: true).Tangent;
        double actual = Tangent.Of(inner, x, v).Tangent.Item();
        Assert.Equal((u * Times(a, v)).Sum().Item(), actual, 1e-14);
    }

    private static Tensor Symmetric(int n)
    {
        Tensor a = Numbers.Random([n, n], DType.F64, "symmetric");
        return a + a.Transpose();
    }

    private static Tensor Times(Tensor a, Tensor x) => a.MatMul(x.Unsqueeze(1)).Squeeze(1);

    private static Tensor Quadratic(Tensor a, Tensor x) => (x * Times(a, x)).Sum() * 0.5;
}
