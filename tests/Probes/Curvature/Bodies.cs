using MiniGrad.Probes;

namespace MiniGrad.Tests.Probes.Curvature;

/// <summary>
/// Two-class classifiers whose class 0 is a body of known curvature: logits (0, G). They work in the box [−10, 10], in double.
/// </summary>
internal static class Bodies
{
    /// <summary>A classifier with logits (0, G(x)) for x flat.</summary>
    public static Classifier Of(int dimension, Func<Tensor, Tensor> g) => new(x =>
    {
        Tensor column = g(x.Flatten());
        return Ops.Concat([column * 0, column], 1);
    }, [1, 1, dimension], 2, -10, 10);

    /// <summary>G = ½ xᵀ A x + b·x + c.</summary>
    public static Classifier Quadric(double[,] a, double[] b, double c)
    {
        int d = b.Length;
        double[] rows = [.. Enumerable.Range(0, d * d).Select(k => a[k / d, k % d])];
        return Of(d, x => (x.MatMul(Tensor.From(rows, [d, d]).Cast(x.Type)) * x).Sum(1, keepDims: true) * 0.5
            + x.MatMul(Tensor.From(b, [d, 1]).Cast(x.Type)) + c);
    }

    /// <summary>Class 0 inside the ellipsoid Σ (x_k/axes_k)² = 1.</summary>
    public static Classifier Ellipsoid(params double[] axes) =>
        Quadric(Diagonal([.. axes.Select(a => a == 0 ? 0 : 2 / (a * a))]), new double[axes.Length], -1);

    /// <summary>Class 0 inside the sphere of that radius around 0.</summary>
    public static Classifier Sphere(int dimension, double radius) => Ellipsoid([.. Enumerable.Repeat(radius, dimension)]);

    public static double[,] Diagonal(params double[] values)
    {
        double[,] a = new double[values.Length, values.Length];
        for (int i = 0; i < values.Length; i++) a[i, i] = values[i];
        return a;
    }

    /// <summary>A symmetric matrix of normal numbers.</summary>
    public static double[,] Random(int d, long seed)
    {
        double[] numbers = new Rng(seed).At("matrix").Normal(d * d);
        double[,] a = new double[d, d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++) a[i, j] = a[j, i] = numbers[i * d + j];
        }
        return a;
    }

    /// <summary>A smooth classifier of several classes: two layers of tanh, in double.</summary>
    public static Classifier Smooth(int dimension, int classes, long seed = 1, double scale = 1)
    {
        const int Units = 12;
        Rng rng = new Rng(seed).At("smooth");
        double[] first = Array.ConvertAll(rng.At("first").Normal(dimension * Units), v => scale * v / Math.Sqrt(dimension));
        double[] bias = rng.At("bias").Normal(Units);
        double[] second = rng.At("second").Normal(Units * classes);
        return new(x =>
            (x.Flatten().MatMul(Tensor.From(first, [dimension, Units]).Cast(x.Type)) + Tensor.From(bias, [1, Units]).Cast(x.Type)).Tanh()
            .MatMul(Tensor.From(second, [Units, classes]).Cast(x.Type)), [1, 1, dimension], classes, -10, 10);
    }

    public static Tensor Point(params double[] x) => Tensor.From(x, [1, 1, 1, x.Length]);

    /// <summary>Normal points, one a row.</summary>
    public static Tensor Points(int count, int dimension, long seed = 4) =>
        Tensor.From(new Rng(seed).At("points").Normal(count * dimension), [count, 1, 1, dimension]);
}
