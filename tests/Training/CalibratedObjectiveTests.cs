using MiniGrad.Nn;
using MiniGrad.Probes.Attacks;
using MiniGrad.Tests.Goldens;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Training;

/// <summary>Confidence calibration against its closed forms: shares, targets, the temperature, and what cannot be.</summary>
public sealed class CalibratedObjectiveTests
{
    private static readonly PgdConf Attack = new(Threat.Linf(0.3));

    /// <summary>The values of the papers' formulas, by hand.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.03, 0.3486784401)]
    [InlineData(0.15, 0.0009765625)]
    [InlineData(0.3, 0)]
    [InlineData(0.31, 0)]
    public void TheShareOfCcat(double largest, double share) =>
        Assert.Equal(share, new CcatObjective(Attack).LabelShare(largest, 0.3), 1e-12);

    [Theory]
    [InlineData(0.03, 0.06, 0.1824)]
    [InlineData(0.03, 0.01, 0.9975)]
    [InlineData(0.03, 0.03, 0.5)]
    [InlineData(0, 0, 1)]
    [InlineData(0.03, 1000, 0.0474)]
    public void TheShareOfLpipsCcat(double largest, double distance, double share) =>
        Assert.Equal(share, new LpipsCcatObjective(Attack).LabelShare(largest, distance), 1e-4);

    [Fact]
    public void SharpLeavesNothingToWhatLooksDifferent()
    {
        LpipsCcatObjective sharp = new(Attack, Sharp: true);
        Assert.Equal(0.5, sharp.LabelShare(0.03, 0.03), 1e-12);
        Assert.Equal(1 / (1 + Math.Exp(5)), sharp.LabelShare(0.03, 0.06), 1e-12);
        Assert.Equal(1 / (1 + Math.Exp(-2.5)), sharp.LabelShare(0.03, 0.015), 1e-12);
        // The argument is kept in ±40.
        Assert.Equal(Math.Exp(-40), sharp.LabelShare(0.03, 100), 1e-20);
        Assert.Equal(1, sharp.LabelShare(0, 0));
    }

    [Fact]
    public void TargetsSumToOne()
    {
        double[] shares = [0, 0.25, 1, 0.3486784401];
        double[] targets = CalibratedObjective.Targets([2, 0, 6, 3], shares, 7).ToArray<double>();
        for (int row = 0; row < 4; row++) Assert.Equal(1, targets[(row * 7)..(row * 7 + 7)].Sum(), 1e-15);
        Assert.Equal(0.25 + 0.75 / 7, targets[7], 1e-15);
        Assert.Equal(0.75 / 7, targets[8], 1e-15);
        Assert.Equal([0, 0, 0, 0, 0, 0, 1], targets[14..21]);
    }

    /// <summary>Where the label keeps nothing, the slope of each logit is its probability less an equal share.</summary>
    [Fact]
    public void WithoutALabelLogitsAreDrivenToEquality()
    {
        Tensor targets = CalibratedObjective.Targets([1], [0], 4);
        Tensor logits = Tensor.From([3.0, -1.0, 0.5, 0.0], [1, 4]);
        Tensor slope = Gradient.Of(z => z.CrossEntropy(targets), logits);
        GoldenAssert.Close("slope", GoldenAssert.Doubles(logits.Softmax(1) - 0.25), slope, 1e-12);
        for (int i = 0; i < 500; i++) logits -= Gradient.Of(z => z.CrossEntropy(targets), logits);
        double[] end = logits.ToArray<double>();
        Assert.All(end, z => Assert.Equal(end[0], z, 1e-9));
    }

    /// <summary>The first half stays, bit for bit; of an odd batch the attacked half is the larger.</summary>
    [Theory]
    [InlineData(6, 3)]
    [InlineData(5, 2)]
    [InlineData(2, 1)]
    public void TheFirstHalfStaysClean(int count, int clean)
    {
        Tensor images = TrainingGolden.Images.Slice(0, 0, count).Contiguous();
        TrainBatch prepared = Prepare(new CcatObjective(Attack with { Steps = 3, StepSize = 0.1 }), images);
        Assert.Equal(images.Slice(0, 0, clean).ToArray<double>(), prepared.Images.Slice(0, 0, clean).ToArray<double>());
        double[] moved = Threat.Linf(0).Distance(images, prepared.Images);
        Assert.All(moved[clean..], size => Assert.InRange(size, 0.01, 0.3 + 1e-12));
        Tensor whole = Ops.OneHot(TrainingGolden.Labels.AsSpan(0, clean), 5, DType.F64);
        Assert.Equal(whole.ToArray<double>(), prepared.Targets!.Slice(0, 0, clean).ToArray<double>());
    }

    /// <summary>One radius for a batch, from the batch's own random numbers; the bounds of the recipe are the bounds of δ.</summary>
    [Fact]
    public void TheRadiusIsDrawnForEachBatch()
    {
        LpipsCcatObjective objective = new(Attack with { Steps = 1, StepSize = 10 }, LeastRadius: 0.1, MostRadius: 0.2)
        {
            Distance = (a, _) => new double[a.Shape[0]],
        };
        double Largest(long seed) =>
            Threat.Linf(0).Distance(TrainingGolden.Images, Prepare(objective, TrainingGolden.Images, seed).Images).Max();
        double[] radii = [.. Enumerable.Range(0, 8).Select(seed => Largest(seed))];
        Assert.All(radii, radius => Assert.InRange(radius, 0.1, 0.2));
        Assert.Equal(8, radii.Distinct().Count());
        Assert.Equal(radii[3], Largest(3));
    }

    [Fact]
    public void ABatchOfOneCannotBeHalved()
    {
        string message = Assert.Throws<ArgumentException>(() =>
            Prepare(new CcatObjective(Attack), TrainingGolden.Images.Slice(0, 0, 1).Contiguous())).Message;
        Assert.Contains("a batch of 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatMakesNoSenseIsNamed()
    {
        Assert.Contains("power -1", Refusal(new CcatObjective(Attack, Power: -1)), StringComparison.Ordinal);
        Assert.Contains("L2(1)", Refusal(new CcatObjective(Attack with { Within = Threat.L2(1) })), StringComparison.Ordinal);
        Assert.Contains("Linf(0)", Refusal(new CcatObjective(Attack with { Within = Threat.Linf(0) })), StringComparison.Ordinal);
        Assert.Contains("penalty -1", Refusal(new CcatObjective(Attack) { TemperaturePenalty = -1 }), StringComparison.Ordinal);
        Assert.Contains("0.2 to 0.1", Refusal(new LpipsCcatObjective(Attack, LeastRadius: 0.2, MostRadius: 0.1)), StringComparison.Ordinal);
        Assert.Contains("bound 0", Refusal(new LpipsCcatObjective(Attack, Bound: 0)), StringComparison.Ordinal);
        Assert.Contains("steepness NaN", Refusal(new LpipsCcatObjective(Attack, Rho: double.NaN)), StringComparison.Ordinal);
        string message = Assert.Throws<ArgumentException>(() =>
        {
            CcatObjective objective = new(new KnownAttack(TrainingGolden.Images.Slice(0, 3))) { TemperaturePenalty = 1 };
            GoldenTrainee network = TrainingGolden.Network();
            objective.Of(network, objective.Prepare(network, Batch(TrainingGolden.Images)));
        }).Message;
        Assert.Contains("no temperature", message, StringComparison.Ordinal);
    }

    /// <summary>Fresh weights leave the logits as they are: τ = 1.</summary>
    [Fact]
    public void AFreshTemperatureChangesNothing()
    {
        GoldenTrainee plain = new(Params.Fresh(2, DType.F64));
        GoldenTrainee tempered = new(Params.Fresh(2, DType.F64), hasTemperature: true);
        Assert.Equal(
            plain.Forward(TrainingGolden.Images).ToArray<double>(), tempered.Forward(TrainingGolden.Images).ToArray<double>());
        Assert.All(tempered.Tap("temperature", TrainingGolden.Images).ToArray<double>(), tau => Assert.Equal(1, tau));
    }

    /// <summary>dL/ds = τ Σ (p − t) z + 0.002 τ (τ − 1), in the bias, and by differences.</summary>
    [Fact]
    public void TheSlopeOfATemperature()
    {
        GoldenTrainee network = TrainingGolden.NetworkWithTemperature(TrainingGolden.Find("objective", "temperature"));
        Tensor images = TrainingGolden.Images.Slice(0, 0, 2).Contiguous();
        CcatObjective objective = new(new KnownAttack(images.Slice(0, 1))) { TemperaturePenalty = 0.001 };
        TrainBatch prepared = objective.Prepare(network, Batch(images));

        Tensor tau = network.Tap("temperature", images);
        Tensor hot = network.Forward(images);
        Tensor byTarget = ((hot.Softmax(1) - prepared.Targets!) * (hot / tau)).Sum(1, keepDims: true) * tau * 0.5;
        double expected = (byTarget + tau * (tau - 1) * 0.002).Sum().Item();
        Parameter bias = network.Parameters.Single(p => p.Name == "temperature.bias");
        bias.Value = bias.Value.Tracked();
        double found = Gradient.Of(objective.Of(network, prepared).Loss, bias.Value).Item();
        Assert.Equal(expected, found, 1e-13);

        double At(double shift)
        {
            bias.Value = (bias.Value + shift).Detach();
            double loss = objective.Of(network, prepared).Loss.Item();
            bias.Value -= shift;
            return loss;
        }
        Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, found, 1e-8);
    }

    private static string Refusal(Objective objective) => Assert.ThrowsAny<ArgumentException>(objective.Check).Message;

    private static TrainBatch Batch(Tensor images, long seed = 1) =>
        new(images, TrainingGolden.Labels[..images.Shape[0]], new Pass { IsTraining = true, Rng = new Rng(seed) }, Epoch: 0);

    private static TrainBatch Prepare(Objective objective, Tensor images, long seed = 1) =>
        objective.Prepare(TrainingGolden.Network(), Batch(images, seed));
}
