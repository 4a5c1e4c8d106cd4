using MiniGrad.Data;
using MiniGrad.Lab.Models;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Tests.Lab.LevelSets;

/// <summary>A network of the study as if it had been measured: 20 sources with five targets each, a little apart.</summary>
internal sealed record MadeUpLevelSet(string Weights, string Architecture = "lenet5")
{
    private const int Sources = 20;
    private const int Targets = 5;

    public bool IsRobust { get; init; }

    public double? Radius { get; init; } = 0.3;

    /// <summary>RMSE at the end of walks.</summary>
    public double Rmse { get; init; } = 0.01;

    /// <summary>The perceptual distance at the end of walks.</summary>
    public double Distance { get; init; } = 0.02;

    /// <summary>Walks at whose end the class is kept, of a hundred.</summary>
    public int Kept { get; init; } = Sources * Targets;

    /// <summary>The share of triangles within 0.2.</summary>
    public double Hull { get; init; } = 0.6;

    /// <summary>The same beyond the radius.</summary>
    public double Beyond { get; init; } = 0.6;

    /// <summary>Lines of a source that stay, of five.</summary>
    public int Lines { get; init; } = Targets;

    /// <summary>Random lines of a source that stay, of five.</summary>
    public int Random { get; init; } = 1;

    public LevelSetOutcome Outcome()
    {
        LevelSetTraining training = IsRobust ? new(TrainingKind.Robust, "adversarial", Radius) : LevelSetTraining.Normal;
        LevelSetWalk[] walks = [.. Enumerable.Range(0, Sources * Targets).Select(i => new LevelSetWalk(
            i / Targets, 100 + i % Targets, ExampleStatus.Completed, 0.95, 0.9, i < Kept, 0.3, Rmse * Jitter(i / Targets), 0.1,
            0.9, 0.5, Distance * Jitter(i / Targets), 0.6, 400))];
        SourceRegion[] regions = [.. Enumerable.Range(0, Sources).Select(s => new SourceRegion(s,
            new(10, 0, 0.95, 0.8, [0.1, Hull * Jitter(s), Hull * Jitter(s), 0.9], 0.9, -0.1, [0.5], [Beyond * Jitter(s)]),
            new(Targets, 0, [0, Lines, Lines, Lines], [0, Random, Random, Random], [0, 0, 0, 0], 1, 0.5, 0.4, 5),
            new(Targets, 100, 60, 20, 2, 2)))];
        return new(new(Weights, Architecture, training, null!, ""), new(walks, regions), new([], [], [], [], []));
    }

    public static LevelSetResult Result(params MadeUpLevelSet[] networks)
    {
        LevelSetOutcome[] outcomes = [.. networks.Select(n => n.Outcome())];
        ImageDataSet data = DerangementsTests.Dots(4, 40);
        LevelSetRoster roster = new([.. outcomes.Select(o => o.Subject)], []);
        LevelSetSetting setting = new("dots", data, roster, new PerceptualMetric("made up", false, "", (_, _) => []),
            LevelSetProtocol.Final, false, 0);
        int[] sources = [.. Enumerable.Range(0, Sources)];
        return new(setting, LevelSetPreset.Find("small", "mnist"), new(sources, 160),
            new(sources, [.. sources.Select(_ => Enumerable.Range(100, Targets).ToArray())]), outcomes, []);
    }

    // Two per mille from source to source.
    private static double Jitter(int source) => 1 + 0.002 * (source % 5 - 2);
}
