using System.Text.Json;
using MiniGrad.Nn;
using MiniGrad.Probes.Attacks;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;
using Xunit;

namespace MiniGrad.Tests.Goldens;

/// <summary>What trainings make small, and its gradient in every weight, against PyTorch: for attacked images that are given.</summary>
public sealed class ObjectiveGoldenTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void AdversarialOnAll() => Agrees("adversarial-100", attacked => new AdversarialObjective(new KnownAttack(attacked)));

    [Fact]
    public void AdversarialOnTheSecondHalf() =>
        Agrees("adversarial-50", attacked => new AdversarialObjective(new KnownAttack(attacked.Slice(0, 3)), share: 0.5));

    [Fact]
    public void Trades() => Agrees("trades", attacked => new TradesObjective(new KnownAttack(attacked), Beta: 6));

    [Theory]
    [InlineData("ccat")]
    [InlineData("ccat-odd")]
    public void Calibrated(string @case)
    {
        GoldenRecord record = TrainingGolden.Find("objective", @case);
        int rows = (int)TrainingGolden.Option(record, "rows");
        int clean = (int)TrainingGolden.Option(record, "clean");
        TrainBatch prepared = Agrees(@case, attacked => new CcatObjective(new KnownAttack(attacked.Slice(0, clean, rows))), rows: rows);
        GoldenAssert.Close("targets", TrainingGolden.Numbers(record, "targets"), prepared.Targets!, 1e-12);
    }

    [Theory]
    [InlineData("lpips-ccat", false)]
    [InlineData("lpips-ccat-sharp", true)]
    public void PerceptuallyCalibrated(string @case, bool sharp)
    {
        GoldenRecord record = TrainingGolden.Find("objective", @case);
        LpipsCcatObjective objective = new(new PgdConf(Threat.Linf(0.3)), Sharp: sharp);
        Tensor attacked = TrainingGolden.Moved(record.Json.GetProperty("attacked"));
        double[] sizes = Threat.Linf(0).Distance(TrainingGolden.Images, attacked)[3..];
        double[] shares = [.. sizes.Zip(TrainingGolden.Numbers(record, "distances"), objective.LabelShare)];
        GoldenAssert.Close("shares", TrainingGolden.Numbers(record, "shares"), Tensor.From(shares), 1e-12);
        Tensor targets = CalibratedObjective.Targets(TrainingGolden.Labels, [1, 1, 1, .. shares], 5);
        GoldenAssert.Close("targets", TrainingGolden.Numbers(record, "targets"), targets, 1e-12);

        Tensor half = Ops.Concat([TrainingGolden.Images.Slice(0, 0, 3), attacked.Slice(0, 3)], 0);
        TrainBatch batch = Batch(half, TrainingGolden.Labels) with { Targets = targets };
        Compare(record, objective, TrainingGolden.Network(), batch);
    }

    [Theory]
    [InlineData("max", ManyAttacks.Worst)]
    [InlineData("average", ManyAttacks.All)]
    public void SeveralAttacks(string @case, ManyAttacks many)
    {
        GoldenRecord record = TrainingGolden.Find("objective", @case);
        BallAttack[] attacks =
            [.. record.Json.GetProperty("copies").EnumerateArray().Select(how => new KnownAttack(TrainingGolden.Moved(how)))];
        GoldenTrainee network = TrainingGolden.Network();
        AdversarialObjective objective = new(attacks, Many: many);
        Compare(record, objective, network, objective.Prepare(network, Batch(TrainingGolden.Images, TrainingGolden.Labels)));
    }

    /// <summary>Two of them with temperatures at which they are kept, where no gradient passes.</summary>
    [Theory]
    [InlineData("temperature")]
    [InlineData("temperature-largest")]
    [InlineData("temperature-smallest")]
    public void WithATemperatureOfEachImage(string @case)
    {
        GoldenRecord record = TrainingGolden.Find("objective", @case);
        GoldenTrainee network = TrainingGolden.NetworkWithTemperature(record);
        TrainBatch prepared = Agrees(@case, attacked => new CcatObjective(new KnownAttack(attacked.Slice(0, 3)))
        {
            TemperaturePenalty = TrainingGolden.Option(record, "penalty"),
        }, network);
        GoldenAssert.Close("logits", TrainingGolden.Numbers(record, "logits"), network.Forward(prepared.Images), 1e-12);
        double[] inverse = GoldenAssert.Doubles(network.Tap("temperature", prepared.Images));
        GoldenAssert.Close("inverse temperatures", TrainingGolden.Numbers(record, "inverse_temperatures"), Tensor.From(inverse), 1e-12);
    }

    [Theory]
    [InlineData("ccat-10", 10)]
    [InlineData("ccat-12", 12)]
    public void ShareOfTheLabelBySize(string @case, double power)
    {
        GoldenRecord record = TrainingGolden.Find("share", @case);
        CcatObjective objective = new(new KnownAttack(TrainingGolden.Images), power);
        double[] shares = [.. TrainingGolden.Numbers(record, "sizes").Select(size => objective.LabelShare(size, 0.03))];
        GoldenAssert.Close(@case, TrainingGolden.Numbers(record, "shares"), Tensor.From(shares), 1e-12);
        Assert.Equal(0, shares[^1]);
    }

    [Theory]
    [InlineData("lpips", false)]
    [InlineData("lpips-sharp", true)]
    public void ShareOfTheLabelByWhatTheEyeSees(string @case, bool sharp)
    {
        GoldenRecord record = TrainingGolden.Find("share", @case);
        LpipsCcatObjective objective = new(new PgdConf(Threat.Linf(0.03)), Sharp: sharp);
        double[] shares =
            [.. TrainingGolden.Numbers(record, "sizes").Zip(TrainingGolden.Numbers(record, "distances"), objective.LabelShare)];
        GoldenAssert.Close(@case, TrainingGolden.Numbers(record, "shares"), Tensor.From(shares), 1e-12);
    }

    /// <summary>Prepares the first images with a known attack, and compares loss and gradients.</summary>
    private static TrainBatch Agrees(string @case, Func<Tensor, Objective> objectiveOf, GoldenTrainee? network = null, int rows = 6)
    {
        GoldenRecord record = TrainingGolden.Find("objective", @case);
        network ??= TrainingGolden.Network();
        Objective objective = objectiveOf(TrainingGolden.Moved(record.Json.GetProperty("attacked")));
        TrainBatch prepared =
            objective.Prepare(network, Batch(TrainingGolden.Images.Slice(0, 0, rows).Contiguous(), TrainingGolden.Labels[..rows]));
        Compare(record, objective, network, prepared);
        return prepared;
    }

    private static TrainBatch Batch(Tensor images, int[] labels) =>
        new(images, labels, new Pass { IsTraining = true, Rng = new Rng(1) }, Epoch: 0);

    private static void Compare(GoldenRecord record, Objective objective, Network network, TrainBatch prepared)
    {
        Parameter[] weights = [.. network.Parameters];
        foreach (Parameter weight in weights) weight.Value = weight.Value.Tracked();
        Tensor loss = objective.Of(network, prepared).Loss;
        Dictionary<string, Tensor> gradients = Gradient.Of(loss, Array.ConvertAll(weights, weight => weight.Value))
            .Zip(weights).ToDictionary(pair => pair.Second.Name, pair => pair.First);
        foreach (Parameter weight in weights) weight.Value = weight.Value.Detach();

        GoldenAssert.Close("loss", [record.Json.GetProperty("loss").GetDouble()], loss.Reshape(1), 1e-12);
        foreach (JsonProperty golden in record.Json.GetProperty("gradients").EnumerateObject())
        {
            Tensor found = gradients[golden.Name];
            // The file has the temperature as the last row of the linear layer.
            (string layer, string kind) = (golden.Name.Split('.')[0], golden.Name.Split('.')[1]);
            if (layer == "fc" && gradients.TryGetValue($"temperature.{kind}", out Tensor? last)) found = Ops.Concat([found, last], 0);
            GoldenAssert.Close($"gradient of {golden.Name}", GoldenRecord.Numbers(golden.Value), found, Tolerance);
        }
    }
}
