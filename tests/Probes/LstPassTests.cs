using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>What level set traversal asks of the network: a recorded pass a step and no other.</summary>
public class LstPassTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(12, 0)]
    [InlineData(12, 0.01)]
    [InlineData(0, 0.01)]
    public void AStepIsOnePassForwardAndOneBack(int iterations, double noise)
    {
        int looks = noise > 0 ? 1 : 0;
        AttackResult result = AttackProblem.Random.Run(new Lst(iterations, StepSize: 0.01, StartNoise: noise));
        foreach (ExampleResult e in result.Examples.Where(e => e.Index != AttackProblem.Wrong))
        {
            Assert.Equal((ExampleStatus.Completed, iterations), (e.Status, e.Iterations));
            // The start's gradient is one more than there are steps, that of the end one less.
            Assert.Equal((looks + (iterations > 0 ? iterations + 1 : 0), iterations), (e.Forwards, e.Gradients));
        }
    }

    [Fact]
    public void ARowThatEndsEarlyPaysForWhatWasComputed()
    {
        AttackResult result = new SphereWalk(6).Run(new Lst(60, 0.2, 0.004, 0.05, 0, OnViolation: OnViolation.Stop));
        Assert.All(result.Examples, e =>
        {
            Assert.InRange(e.Iterations, 1, 59);
            Assert.Equal((e.Iterations + 1, e.Iterations + 1), (e.Forwards, e.Gradients));
        });
    }

    /// <summary>Whether a step is taken is read from a pass that is recorded, which must not look at another network.</summary>
    [Theory]
    [InlineData("lenet5")]
    [InlineData("resnet8-cifar")]
    [InlineData("resnet18-cifar")]
    [InlineData("vit-4-32-2")]
    public void RecordedPassesHaveTheBitsOfOthers(string model)
    {
        Network network = ModelCatalog.Create(model, seed: 2);
        Classifier classifier = new(network);
        Tensor images = ClosedForm.Images(3, network.InputShape, 5);
        Query query = new(classifier, 3);
        query.Gradient(images, logits => logits.CrossEntropy([0, 1, 2], LossReduction.None));
        Numbers.SameBits(classifier.Logits(images), query.Logits(images), model);
    }

    [Fact]
    public void ANetworkInTrainingModeIsRefused()
    {
        Network network = ModelCatalog.Create("resnet8-cifar", seed: 1);
        Tensor images = ClosedForm.Images(4, network.InputShape, 6);
        Classifier training = new(x => network.Forward(x, new Pass { IsTraining = true }), network.InputShape, network.ClassCount);
        Tensor targets = ClosedForm.Images(4, network.InputShape, 7);
        string message = Assert.Throws<ArgumentException>(() => new Lst(1).Run(training, images, targets, new int[4])).Message;
        Assert.StartsWith("classifier: the logits of an image change by ", message, StringComparison.Ordinal);
        Assert.EndsWith("with the images beside it, as in training mode. Give one that infers.", message, StringComparison.Ordinal);
        Assert.Equal(4, new Lst(1).Run(new Classifier(network), images, targets, new int[4]).Examples.Length);
    }

    [Theory]
    [InlineData(double.NaN, 0.002, 0.2, 0, "lst: step size NaN")]
    [InlineData(0.01, double.NaN, 0.2, 0, "lst: parallel step NaN")]
    [InlineData(0.01, 0.002, double.NaN, 0, "lst: confidence drop NaN")]
    [InlineData(0.01, 0.002, 0.2, double.NaN, "lst: start noise NaN")]
    public void HyperParametersThatAreNoNumbersAreRefused(double step, double parallel, double drop, double noise, string named)
    {
        Lst attack = new(1, step, parallel, drop, noise);
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => AttackProblem.Random.Run(attack)).Message;
        Assert.StartsWith(named, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void PixelsThatAreNoNumbersAreRefused(double odd)
    {
        AttackProblem problem = AttackProblem.Random;
        double[] pixels = ClosedForm.Doubles(problem.Images);
        pixels[2 * 36 + 5] = odd;
        Tensor broken = Tensor.From(pixels, problem.Images.Shape).Cast(DType.F32);
        foreach (bool isSource in (bool[])[true, false])
        {
            AttackProblem wrong = isSource ? problem with { Images = broken } : problem with { Targets = broken };
            string message = Assert.ThrowsAny<ArgumentException>(() => wrong.Run(new Lst(1))).Message;
            Assert.StartsWith(isSource ? "sources: image 2" : "targets: image 2", message, StringComparison.Ordinal);
        }
    }
}
