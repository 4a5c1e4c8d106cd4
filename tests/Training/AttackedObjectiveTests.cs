using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Goldens;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>TRADES and adversarial training in the cases that are known without PyTorch.</summary>
public sealed class AttackedObjectiveTests
{
    /// <summary>Without room and noise x′ is x: no divergence, and the gradient of the cross-entropy alone.</summary>
    [Fact]
    public void TradesWithoutRoomIsTheCrossEntropy()
    {
        TradesObjective trades = new(new DivergencePgd(Threat.Linf(0), Steps: 2, StepSize: 0.1), Beta: 6);
        (TrainBatch prepared, double loss, double[] gradient) = Step(trades);
        Assert.Equal(TrainingGolden.Images.ToArray<double>(), prepared.Attacked!.ToArray<double>());
        (TrainBatch _, double plain, double[] slope) = Step(new CrossEntropyObjective());
        Assert.Equal(plain, loss, 1e-14);
        GoldenAssert.Close("gradient", slope, Tensor.From(gradient), 1e-13);
    }

    [Fact]
    public void TheAttackOfTradesRaisesTheDivergence()
    {
        GoldenTrainee network = TrainingGolden.Network();
        Tensor attacked = Perturb(new DivergencePgd(Threat.Linf(0.1), Steps: 5), new Classifier(network), TrainingGolden.Labels);
        Tensor clean = network.Forward(TrainingGolden.Images).LogSoftmax(1);
        double[] divergence = DivergencePgd.Divergence(clean, network.Forward(attacked)).ToArray<double>();
        Assert.All(divergence, value => Assert.InRange(value, 0.01, 10));
        Assert.All(Threat.Linf(0).Distance(TrainingGolden.Images, attacked), size => Assert.InRange(size, 0, 0.1 + 1e-12));
    }

    /// <summary>It does not look at labels.</summary>
    [Fact]
    public void TheAttackOfTradesIsThatOfAllLabels()
    {
        DivergencePgd attack = new(Threat.L2(0.5), Steps: 3);
        Classifier classifier = new(TrainingGolden.Network());
        double[] Of(int[] labels) => Perturb(attack, classifier, labels).ToArray<double>();
        Assert.Equal(Of(TrainingGolden.Labels), Of([0, 1, 2, 3, 4, 0]));
    }

    /// <summary>Where the search remembers its best point, it ends no lower than it started.</summary>
    [Fact]
    public void AnAttackThatKeepsItsBestNeverLowersTheLoss()
    {
        Threat ball = Threat.Linf(0.2);
        BallAttack[] attacks =
        [
            new PgdConf(ball, Steps: 5, StepSize: 3, Backtrack: false) { Loss = Loss.CrossEntropy },
            new PgdConf(ball, Steps: 5, StepSize: 3, Backtrack: false),
            new PgdConf(ball, Steps: 5, StepSize: 0.5, Shrink: 1.5),
            new Msd(new UnionThreat(ball, Threat.L2(1), Threat.L1(4)), Steps: 5, LinfStep: 0.05, L2Step: 0.3, L1Step: 1),
        ];
        GoldenTrainee network = TrainingGolden.Network();
        Assert.All(attacks, attack =>
        {
            double[] Loss(Tensor images) => attack.Loss.OfClasses(network.Forward(images), TrainingGolden.Labels).ToArray<double>();
            Tensor found = Perturb(attack, new Classifier(network), TrainingGolden.Labels);
            (double[] before, double[] after) = (Loss(TrainingGolden.Images), Loss(found));
            for (int row = 0; row < before.Length; row++) Assert.True(after[row] >= before[row], $"{attack}: row {row}");
            Assert.True(after.Sum() > before.Sum() + 0.1, $"{attack} found nothing.");
        });
    }

    /// <summary>A search of the same numbers, whichever batch a row is in.</summary>
    [Fact]
    public void RowsOfABatchDoNotKnowOfEachOther()
    {
        Classifier classifier = new(TrainingGolden.Network());
        Msd attack = new(new UnionThreat(Threat.Linf(0.2), Threat.L1(4)), Steps: 3, LinfStep: 0.05, L1Step: 1);
        double[] all = Perturb(attack, classifier, TrainingGolden.Labels).ToArray<double>();
        double[] two = attack.Perturb(classifier, TrainingGolden.Images.Slice(0, 0, 2).Contiguous(),
            Goal.Untargeted(TrainingGolden.Labels[..2]), new Rng(1)).ToArray<double>();
        Assert.Equal(all[..72], two);
    }

    /// <summary>The one whose label the network does not know stays, bit for bit; the others move.</summary>
    [Fact]
    public void WhatIsMisclassifiedMayStayAsItIs()
    {
        AdversarialObjective objective = new([new Pgd(Threat.Linf(0.1), Steps: 2)], OnlyRight: true);
        TrainBatch prepared = Step(objective).Prepared;
        // What is not attacked stands first.
        Assert.Equal(TrainingGolden.Labels[4], prepared.Labels[0]);
        Tensor order = TrainingGolden.Images.TakeIndices(0, [4, 0, 1, 2, 3, 5]);
        double[] moved = Threat.Linf(0).Distance(order, prepared.Images);
        Assert.Equal(0, moved[0]);
        Assert.All(moved[1..], size => Assert.InRange(size, 0.01, 0.1 + 1e-12));
    }

    /// <summary>A hundredth at first, so that there is something to learn from; then in a straight line, and whole in the end.</summary>
    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(0.5, 0.25)]
    [InlineData(2, 1)]
    [InlineData(7, 1)]
    public void TheRadiusGrows(double epoch, double share)
    {
        AdversarialObjective objective = new([new Pgd(Threat.Linf(0.2), Steps: 4, StepSize: 1)], RampEpochs: 2);
        Assert.Equal(share, objective.ShareOfRadius(epoch), 1e-15);
        TrainBatch batch = new(TrainingGolden.Images, TrainingGolden.Labels, new Pass { IsTraining = true, Rng = new Rng(1) }, epoch);
        Tensor attacked = objective.Prepare(TrainingGolden.Network(), batch).Images;
        // Steps of 1 lead to the corners of whatever ball there is.
        Assert.All(Threat.Linf(0).Distance(TrainingGolden.Images, attacked), size => Assert.Equal(0.2 * share, size, 1e-12));
    }

    [Fact]
    public void WhatMakesNoSenseIsNamed()
    {
        Pgd attack = new(Threat.Linf(0.1));
        Assert.Contains("share 0", Refusal(new AdversarialObjective(attack, share: 0)), StringComparison.Ordinal);
        Assert.Contains("over -1 epochs", Refusal(new AdversarialObjective([attack], RampEpochs: -1)), StringComparison.Ordinal);
        Assert.Contains("share 1.5", Refusal(new AdversarialObjective(attack, share: 1.5)), StringComparison.Ordinal);
        Assert.Contains("without an attack", Refusal(new AdversarialObjective([])), StringComparison.Ordinal);
        Assert.Contains("weight -1", Refusal(new TradesObjective(attack, Beta: -1)), StringComparison.Ordinal);
        Assert.Contains("0 steps", Refusal(new TradesObjective(new DivergencePgd(Threat.Linf(0.1), Steps: 0))), StringComparison.Ordinal);
    }

    private static Tensor Perturb(BallAttack attack, Classifier classifier, int[] labels) =>
        attack.Perturb(classifier, TrainingGolden.Images, Goal.Untargeted(labels), new Rng(1));

    private static string Refusal(Objective objective) => Assert.ThrowsAny<ArgumentException>(objective.Check).Message;

    private static (TrainBatch Prepared, double Loss, double[] Gradient) Step(Objective objective)
    {
        GoldenTrainee network = TrainingGolden.Network();
        TrainBatch prepared = objective.Prepare(network,
            new(TrainingGolden.Images, TrainingGolden.Labels, new Pass { IsTraining = true, Rng = new Rng(1) }, Epoch: 0));
        foreach (Parameter weight in network.Parameters) weight.Value = weight.Value.Tracked();
        Tensor loss = objective.Of(network, prepared).Loss;
        Tensor[] gradients = Gradient.Of(loss, [.. network.Parameters.Select(weight => weight.Value)]);
        return (prepared, loss.Item(), [.. gradients.SelectMany(g => g.ToArray<double>())]);
    }
}
