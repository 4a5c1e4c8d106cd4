using MiniGrad.Probes;
using MiniGrad.Probes.NullSpaces;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>Projections on a null space and on a half-space.</summary>
public class NullStepTests
{
    private const int Count = 40;
    private static readonly Shape Shape = [1, 6, 6];
    private static readonly Tensor G = ClosedForm.Images(Count, Shape, 1, DType.F64, -1, 1);
    private static readonly Tensor V = ClosedForm.Images(Count, Shape, 2, DType.F64, -1, 1);

    [Fact]
    public void TheOrthogonalPartIsOrthogonalForNetworksInSinglePrecision()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Classifier classifier = ClosedForm.TwoLayer(Shape, 4, seed: seed);
            Tensor images = ClosedForm.Images(8, Shape, seed);
            int[] classes = Logits.Prediction(classifier.Logits(images));
            (Tensor raw, Tensor rising) = NullStep.Rising(new Query(classifier, 8), images, classes);
            Tensor v = ClosedForm.Images(8, Shape, seed + 100) - images;
            Tensor u = NullStep.Project(rising, v, Projection.Orthogonal);
            Tensor half = NullStep.Project(rising, v, Projection.HalfSpace);
            for (int i = 0; i < 8; i++)
            {
                (double[] g, double[] step) = (ClosedForm.Row(rising, i), ClosedForm.Row(u, i));
                Assert.InRange(Math.Abs(ClosedForm.Dot(g, step)), 0, 1e-5 * ClosedForm.Norm(g) * ClosedForm.Norm(step));
                Assert.True(
                    ClosedForm.Dot(g, ClosedForm.Row(half, i)) >= -1e-6 * ClosedForm.Norm(g) * ClosedForm.Norm(ClosedForm.Row(v, i)));
            }
            Tensor leaf = images.Tracked();
            Tensor direct = Gradient.Of(classifier.Logits(leaf).CrossEntropy(classes, LossReduction.Sum), leaf);
            double scale = direct.ToArray<float>().Max(Math.Abs);
            Assert.All(direct.ToArray<float>().Zip(raw.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * scale));
        }
    }

    // Where the probability rounds to 1, the cotangent of the true class rounds to 0 and cross-entropy points elsewhere.
    [Fact]
    public void ASaturatedNetworkKeepsItsDirection()
    {
        double[] weights = new Rng(3).Normal(3 * 16);
        Tensor Logits(Tensor x) =>
            x.Reshape(-1, 16).MatMul(Tensor.From(weights, [16, 3]).Cast(x.Type)) * 4.0 + Tensor.From([25.0, 0, 1]).Cast(x.Type);
        Tensor Direction(DType type)
        {
            Tensor image = ClosedForm.Images(1, [1, 4, 4], 1).Cast(type);
            Classifier classifier = new(Logits, [1, 4, 4], 3, -100, 100);
            return NullStep.Rising(new Query(classifier, 1), image, [0]).Rising.Cast(DType.F64);
        }
        Tensor exact = Direction(DType.F64);
        Tensor single = Direction(DType.F32);
        double cosine = (exact * single).Sum().Item() / Math.Sqrt(exact.Square().Sum().Item() * single.Square().Sum().Item());
        Assert.Equal(1, cosine, 1e-6);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(-0.125)]
    [InlineData(1e-6)]
    public void TheLengthOfTheGradientDoesNotMatter(double scale)
    {
        foreach (DType type in (DType[])[DType.F32, DType.F64])
        {
            (Tensor g, Tensor v) = (G.Cast(type), V.Cast(type));
            Numbers.Close(NullStep.Project(g, v, Projection.Orthogonal),
                NullStep.Project(g * scale, v, Projection.Orthogonal), _ => 4 * Numbers.Epsilon(type), $"{type}");
            if (scale > 0)
            {
                Numbers.Close(NullStep.Project(g, v, Projection.HalfSpace),
                    NullStep.Project(g * scale, v, Projection.HalfSpace), _ => 4 * Numbers.Epsilon(type), $"{type}");
            }
        }
    }

    [Fact]
    public void TheHalfSpaceKeepsWhatIsAdmissibleAndProjectsTheRest()
    {
        Tensor u = NullStep.Project(G, V, Projection.HalfSpace);
        int admissible = 0;
        for (int i = 0; i < Count; i++)
        {
            (double[] g, double[] v, double[] step) = (ClosedForm.Row(G, i), ClosedForm.Row(V, i), ClosedForm.Row(u, i));
            if (ClosedForm.Dot(g, v) >= 0)
            {
                admissible++;
                Assert.Equal(v, step);
                continue;
            }
            Assert.Equal(0, ClosedForm.Dot(g, step), 1e-12);
            double nearest = ClosedForm.Norm(ClosedForm.Minus(v, step));
            for (int k = 0; k < 1000; k++)
            {
                double[] other = [.. v.Zip(new Rng(i).At(k).Normal(36), (a, b) => a + 0.3 * b)];
                double along = Math.Min(0, ClosedForm.Dot(g, other) / ClosedForm.Dot(g, g));
                double[] feasible = [.. other.Zip(g, (o, d) => o - along * d)];
                Assert.True(ClosedForm.Norm(ClosedForm.Minus(v, feasible)) >= nearest - 1e-12, $"row {i}, point {k}");
            }
        }
        Assert.InRange(admissible, 5, Count - 5);
    }

    // The printed algorithm subtracts c·V, c = min(cos(g, V), 0), which only changes the length of V.
    [Fact]
    public void ThePrintedFormulaProjectsNothing()
    {
        Tensor ours = NullStep.Project(G, V, Projection.HalfSpace);
        for (int i = 0; i < Count; i++)
        {
            (double[] g, double[] v) = (ClosedForm.Row(G, i), ClosedForm.Row(V, i));
            double c = Math.Min(0, ClosedForm.Dot(g, v) / (ClosedForm.Norm(g) * ClosedForm.Norm(v)));
            double[] printed = [.. v.Select(x => x - c * x)];
            Assert.Equal(1, Cosine(printed, v), 1e-12);
            if (c < -0.05)
            {
                Assert.True(ClosedForm.Dot(g, printed) < 0);
                Assert.InRange(Cosine(ClosedForm.Row(ours, i), v), 0, 1 - 1e-3);
            }
        }
    }

    [Fact]
    public void AZeroGradientKeepsTheDirection()
    {
        Tensor mixed = Ops.Concat([G.TakeIndices(0, [0]), G.TakeIndices(0, [1]) * 0, G.TakeIndices(0, [2]) * 1e-14], 0);
        Tensor v = V.TakeIndices(0, [0, 1, 2]);
        foreach (Projection projection in Enum.GetValues<Projection>())
        {
            Tensor u = NullStep.Project(mixed, v, projection);
            Assert.Equal(ClosedForm.Row(v, 1), ClosedForm.Row(u, 1));
            Assert.Equal(ClosedForm.Row(v, 2), ClosedForm.Row(u, 2));
        }
    }

    [Fact]
    public void ASaturatedProbabilityFallsBackToTheLogOdds()
    {
        double[] w = new Rng(3).Normal(36);
        Tensor images = ClosedForm.Images(3, Shape, 4);
        double[] bias = [2, 300, 4];
        for (int i = 0; i < 3; i++)
        {
            Tensor image = images.TakeIndices(0, [i]);
            Classifier classifier = ClosedForm.Linear(w, bias[i] - ClosedForm.Dot(w, ClosedForm.Row(image, 0)), Shape);
            (Tensor raw, Tensor rising) = NullStep.Rising(new Query(classifier, 1), image, [0]);
            Assert.Equal(1, Cosine(ClosedForm.Row(rising, 0), w), 1e-6);
            Assert.Equal(i == 1, ClosedForm.Norm(ClosedForm.Row(raw, 0)) == 0);
        }
    }

    private static double Cosine(double[] a, double[] b) => ClosedForm.Dot(a, b) / (ClosedForm.Norm(a) * ClosedForm.Norm(b));
}
