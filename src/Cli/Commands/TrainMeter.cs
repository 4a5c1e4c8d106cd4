using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;
using MiniGrad.Training;

namespace MiniGrad.Cli.Commands;

/// <summary>Shows how far a training is, and keeps a line of results for every epoch that ends.</summary>
internal sealed class TrainMeter(RunFolder folder, ProgressLine line) : IProgress<TrainProgress>
{
    private readonly Stopwatch epochClock = Stopwatch.StartNew();

    /// <summary>An epoch whose last steps were lost is trained again to the same result; its line is there already.</summary>
    private int recorded = folder.Former.Select(row => row["epoch"]?.GetValue<int>() ?? 0).DefaultIfEmpty(0).Max();

    /// <summary>The last state that was reported.</summary>
    public TrainProgress? Last { get; private set; }

    private static string Attack(TrainProgress value) => value.AttackStepsPerSecond == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{value.AttackStepsPerSecond:0} attack steps/s  ");

    public void Report(TrainProgress value)
    {
        Last = value;
        line.Show(() => string.Create(CultureInfo.InvariantCulture,
            $"epoch {value.Epoch}/{value.Epochs}  step {value.Step}/{value.StepsPerEpoch}  loss {value.Loss:0.0000}  accuracy "
            + $"{100 * value.Accuracy:0.0} %  {value.ImagesPerSecond:0} images/s  {Attack(value)}"
            + $"{ProgressLine.Duration(value.Remaining)} left"));
        if (value.Step < value.StepsPerEpoch) return;
        if (value.Epoch > recorded)
        {
            folder.Append(new JsonObject
            {
                ["epoch"] = value.Epoch,
                ["loss"] = value.Loss,
                ["accuracy"] = value.Accuracy,
                ["images_per_second"] = value.ImagesPerSecond,
                ["seconds"] = epochClock.Elapsed.TotalSeconds,
                ["status"] = "ok",
            });
            recorded = value.Epoch;
        }
        epochClock.Restart();
    }
}
