using MiniGrad.Nn;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>CURE's loss and gradient, in doubles, against their definition and central differences.</summary>
public sealed class CureObjectiveTests
{
    private static readonly int[] Labels = [3, 0, 4, 1, 1, 2];

    private static readonly Tensor Images = Uniform("images", [6, 3, 8, 8]);

    public static TheoryData<Activation> Activations => new(Activation.Tanh, Activation.Softplus(5), Activation.Relu);

    /// <summary>∂⟨a, ∇ₓℓ⟩/∂θ is the derivative of ∂ℓ/∂θ along a in the image. No kink of the ReLU or the pool lies within 1e-6.</summary>
    [Theory]
    [MemberData(nameof(Activations))]
    public void TheGradientOfAGradientIsADifferenceOfGradients(Activation act)
    {
        TinyNetwork network = Network(act);
        Tensor direction = Uniform("direction", Images.Shape) - 0.5;
        const double eta = 1e-6;
        Parameter[] weights = Track(network);
        Tensor x = Images.Tracked();
        Tensor slope = Gradient.Of(network.Forward(x).CrossEntropy(Labels, LossReduction.Sum), x, record: true);
        double[][] exact = Numbers(Gradient.Of((slope * direction).Sum(), Array.ConvertAll(weights, w => w.Value)));

        double[][] At(double shift) => Numbers(Gradient.Of(
            network.Forward(Images + direction * shift).CrossEntropy(Labels, LossReduction.Sum), Array.ConvertAll(weights, w => w.Value)));
        (double[][] above, double[][] below) = (At(eta), At(-eta));
        for (int i = 0; i < weights.Length; i++)
        {
            double[] difference = [.. above[i].Zip(below[i], (a, b) => (a - b) / (2 * eta))];
            AssertNear(difference, exact[i], 1e-7, weights[i].Name);
        }
    }

    /// <summary>The whole loss as it is defined, z held fixed, and its differences in some elements of every weight.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void TheGradientIsThatOfTheLossWithTheStepHeldFixed(bool squared, bool normalizes)
    {
        TinyNetwork network = Network(Activation.Softplus(5), normalizes);
        CureObjective cure = new(Gamma: 3, MaximumStep: 0.7, RampEpochs: 0, Squared: squared);
        (double loss, double[][] gradients, Pass _) = Step(cure, network, Images, Labels);

        Tensor sign = Slope(network, Images).Sign();
        Tensor step = sign * (0.7 / Math.Sqrt(192));
        double Defined()
        {
            double data = network.Forward(Images, new Pass { IsTraining = true }).CrossEntropy(Labels).Item();
            Tensor change = Slope(network, Images + step) - Slope(network, Images);
            double[] norms = change.Square().Sum([1, 2, 3]).ToArray<double>();
            return data + 3 * norms.Average(norm => squared ? norm : Math.Sqrt(norm));
        }
        Assert.Equal(Defined(), loss, 1e-12);
        Parameter[] weights = [.. network.Parameters.Where(p => p.Trainable)];
        for (int i = 0; i < weights.Length; i++)
        {
            Tensor value = weights[i].Value;
            int[] places = [.. Enumerable.Range(0, 5).Select(k => (int)(k * (value.Count - 1) / 4)).Distinct()];
            double[] differences = Array.ConvertAll(places, place =>
            {
                double With(double shift)
                {
                    double[] moved = value.ToArray<double>();
                    moved[place] += shift;
                    weights[i].Value = Tensor.From(moved, value.Shape);
                    return Defined();
                }
                return (With(1e-5) - With(-1e-5)) / 2e-5;
            });
            weights[i].Value = value;
            AssertNear(differences, Array.ConvertAll(places, place => gradients[i][place]), 1e-6, weights[i].Name);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ABatchTwiceAsLargeOfTheSameImagesIsTheSame(bool squared)
    {
        CureObjective cure = new(MaximumStep: 0.7, RampEpochs: 0, Squared: squared);
        TinyNetwork network = Network(Activation.Tanh, normalizes: true);
        (double once, double[][] one, Pass _) = Step(cure, network, Images, Labels);
        (double twice, double[][] two, Pass _) = Step(cure, network, Ops.Concat([Images, Images], 0), [.. Labels, .. Labels]);
        Assert.Equal(once, twice, 1e-12);
        for (int i = 0; i < one.Length; i++) AssertNear(one[i], two[i], 1e-11, $"weight {i}");
    }

    [Fact]
    public void BatchNormalisationLearnsFromTheDataTermAlone()
    {
        TinyNetwork network = Network(Activation.Relu, normalizes: true);
        double[][] before = Numbers([.. network.Parameters.Where(p => !p.Trainable).Select(p => p.Value)]);
        Pass plain = Step(new CrossEntropyObjective(), network, Images, Labels).Pass;
        Pass curved = Step(new CureObjective(RampEpochs: 0), network, Images, Labels).Pass;
        Assert.Equal(["norm.running_mean", "norm.running_var"], curved.Updates.Select(update => update.Statistic.Name));
        Assert.Equal(Numbers([.. plain.Updates.Select(update => update.Value)]),
            Numbers([.. curved.Updates.Select(update => update.Value)]));
        Assert.Equal(before, Numbers([.. network.Parameters.Where(p => !p.Trainable).Select(p => p.Value)]));
    }

    /// <summary>Without batch normalisation training computes what inference does, once for both.</summary>
    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public void NoPassIsMadeTwice(bool normalizes, int passes)
    {
        TinyNetwork network = Network(Activation.Relu, normalizes);
        Step(new CureObjective(RampEpochs: 0), network, Images, Labels);
        Assert.Equal(passes, network.Passes);
    }

    /// <summary>No unit is open on a black image, so its gradient is exactly 0; the other is not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnImageWithoutASlopeCountsNothing(bool squared)
    {
        CureObjective cure = new(RampEpochs: 0, Squared: squared);
        TinyNetwork network = Network(Activation.Relu);
        Parameter shift = network.Parameters.Single(p => p.Name == "conv.bias");
        shift.Value = Ops.Full([4], -0.05, DType.F64);
        Tensor one = Images.TakeIndices(0, [0]);
        Tensor both = Ops.Concat([Ops.Zeros(one.Shape, DType.F64), one], 0);
        double[] changes = cure.Change(network, both, [1, 3], 0.6).ToArray<double>();
        Assert.Equal(0, changes[0]);
        Assert.True(changes[1] > 0);
        (double loss, double[][] gradients, Pass _) = Step(cure, network, both, [1, 3]);
        Assert.True(double.IsFinite(loss));
        Assert.All(gradients, gradient => Assert.All(gradient, value => Assert.True(double.IsFinite(value))));
    }

    [Fact]
    public void TheNormIsTheRootOfTheSquare()
    {
        TinyNetwork network = Network(Activation.Tanh);
        double[] squares = new CureObjective().Change(network, Images, Labels, 0.5).ToArray<double>();
        double[] norms = new CureObjective(Squared: false).Change(network, Images, Labels, 0.5).ToArray<double>();
        AssertNear(squares, [.. norms.Select(norm => norm * norm)], 1e-14, "squares");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.12)]
    [InlineData(2.5, 0.3)]
    [InlineData(5, 0.6)]
    [InlineData(9, 0.6)]
    public void TheStepGrows(double epoch, double step)
    {
        Assert.Equal(step, new CureObjective().StepAt(epoch), 1e-15);
        Assert.Equal(0.6, new CureObjective(RampEpochs: 0).StepAt(epoch));
    }

    private static TinyNetwork Network(Activation act, bool normalizes = false)
    {
        TinyNetwork network = new(Params.Fresh(4, DType.F64), act, normalizes);
        if (!normalizes) return network;
        // As after some training: nothing is 0 or 1.
        foreach (Parameter p in network.Parameters.Where(p => p.Name.StartsWith("norm.", StringComparison.Ordinal)))
        {
            p.Value = Uniform(p.Name, [4]) + 0.3;
        }
        return network;
    }

    private static (double Loss, double[][] Gradients, Pass Pass) Step(
        Objective objective, TinyNetwork network, Tensor images, int[] labels)
    {
        Pass pass = new() { IsTraining = true };
        Parameter[] weights = Track(network);
        Tensor loss = objective.Of(network, new(images, labels, pass, Epoch: 1)).Loss;
        double[][] gradients = Numbers(Gradient.Of(loss, Array.ConvertAll(weights, w => w.Value)));
        foreach (Parameter weight in weights) weight.Value = weight.Value.Detach();
        return (loss.Item(), gradients, pass);
    }

    private static Tensor Slope(TinyNetwork network, Tensor images) =>
        Gradient.Of(x => network.Forward(x).CrossEntropy(Labels, LossReduction.Sum), images);

    private static Parameter[] Track(TinyNetwork network)
    {
        Parameter[] weights = [.. network.Parameters.Where(p => p.Trainable)];
        foreach (Parameter weight in weights) weight.Value = weight.Value.Tracked();
        return weights;
    }

    private static Tensor Uniform(string name, Shape shape) =>
        Tensor.From(Array.ConvertAll(new Rng(2).At(name).Uniform((int)shape.Count), value => (double)value), shape);

    private static double[][] Numbers(Tensor[] tensors) => Array.ConvertAll(tensors, tensor => tensor.ToArray<double>());

    /// <summary>Relative to the largest element.</summary>
    private static void AssertNear(double[] expected, double[] actual, double tolerance, string what)
    {
        double scale = expected.Max(Math.Abs);
        Assert.True(scale > 0, $"{what}: nothing but zeros");
        double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / scale;
        Assert.True(worst <= tolerance, $"{what}: {worst:G3} of {scale:G3}");
    }
}
