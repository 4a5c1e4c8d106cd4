using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>What training asks of an attack: points of every image, within threat and box, wherever the network lies.</summary>
public sealed class PerturbTests
{
    private static readonly int[] Labels = [3, 0, 4, 1, 1, 2];

    private static readonly Tensor Images = Ops.Uniform([new Rng(5).At("images")], 6 * 192, Device.Cpu).Reshape(6, 3, 8, 8);

    public static TheoryData<BallAttack> Attacks => new(
        new Pgd(Threat.Linf(0.1), Steps: 4), new PgdConf(Threat.Linf(0.1), Steps: 4, StartAt: ConfidenceStart.Any),
        new DivergencePgd(Threat.L2(0.5), Steps: 4), new Msd(new UnionThreat(Threat.Linf(0.05), Threat.L2(0.5), Threat.L1(3)), Steps: 4),
        new Pgd(new Warp(10, 1), Steps: 4));

    /// <summary>Misclassified images are attacked too, and the points are those of the threat.</summary>
    [Theory]
    [MemberData(nameof(Attacks))]
    public void PointsLieWithinThreatAndBox(BallAttack attack)
    {
        TinyNetwork network = new(Params.Fresh(1), Activation.Relu);
        Tensor points = attack.Perturb(new Classifier(network), Images, Goal.Untargeted(Labels), new Rng(7));
        Assert.All(points.ToArray<float>(), pixel => Assert.InRange(pixel, 0, 1));
        Assert.All(Enumerable.Range(0, 6), i => Assert.NotEqual(Row(Images, i), Row(points, i)));
        if (!attack.Within.IsOfPixels) return;
        foreach (int i in Enumerable.Range(0, 6))
        {
            double distance = attack.Within.Distance(Images.TakeIndices(0, [i]), points.TakeIndices(0, [i]))[0];
            Assert.InRange(distance, 0, attack.Within.Radius * (1 + 1e-5));
        }
    }

    /// <summary>A row's points come from its own random numbers: those of fewer rows are the same bits.</summary>
    [Theory]
    [MemberData(nameof(Attacks))]
    public void FewerRowsGiveTheSamePoints(BallAttack attack)
    {
        Classifier classifier = new(new TinyNetwork(Params.Fresh(1), Activation.Relu));
        Tensor all = attack.Perturb(classifier, Images, Goal.Untargeted(Labels), new Rng(7));
        Tensor few = attack.Perturb(classifier, Images.Slice(0, 0, 2).Contiguous(), Goal.Untargeted(Labels[..2]), new Rng(7));
        Assert.Equal(Row(all, 0), Row(few, 0));
        Assert.Equal(Row(all, 1), Row(few, 1));
    }

    [Fact]
    public void ImagesAreMovedToTheNetworksDevice()
    {
        Device other = Device.Cpu.With(new Computing { Threads = 1 });
        TinyNetwork network = new(Params.Fresh(1, device: other), Activation.Relu);
        Pgd attack = new(Threat.Linf(0.1), Steps: 3);
        Tensor there = attack.Perturb(new Classifier(network), Images, Goal.Untargeted(Labels), new Rng(7));
        Tensor here = attack.Perturb(new Classifier(new TinyNetwork(Params.Fresh(1), Activation.Relu)),
            Images, Goal.Untargeted(Labels), new Rng(7));
        Assert.Equal(here.ToArray<float>(), there.ToArray<float>());
    }

    [Fact]
    public void APixelOutsideTheBoxIsRefused()
    {
        Classifier classifier = new(new TinyNetwork(Params.Fresh(1), Activation.Relu));
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() =>
            new Pgd(Threat.Linf(0.1)).Perturb(classifier, Images * 1.5, Goal.Untargeted(Labels), default));
        Assert.StartsWith("perturb: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The radius grows in a straight line, and a threat of a share of it is as large as it says.</summary>
    [Fact]
    public void RadiiGrow()
    {
        AdversarialObjective objective = new(new Pgd(Threat.Linf(0.3))) { RampEpochs = 2 };
        Assert.Equal([0.01, 0.25, 0.5, 1, 1], ((double[])[0, 0.5, 1, 2, 9]).Select(objective.ShareOfRadius));
        Assert.Equal(new UnionThreat(Threat.L2(1), Threat.L1(5)), new UnionThreat(Threat.L2(2), Threat.L1(10)).Scaled(0.5));
    }

    private static float[] Row(Tensor x, int i) => x.TakeIndices(0, [i]).ToArray<float>();
}
