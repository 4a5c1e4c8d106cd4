using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Nn;
using MiniGrad.Nn.Networks;
using MiniGrad.Training;

namespace MiniGrad.Fuzz;

/// <summary>The state of the smallest training there is.</summary>
internal static class CheckpointSeeds
{
    private static readonly Recipe Recipe = new("r", "mlp", "d", Epochs: 2, BatchSize: 1, LearningRate: 1e-3);

    private static readonly ImageDataSet Data = new("d", 1, 28, 28, new byte[784], [0], [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);

    /// <summary>Stopped half way.</summary>
    public static IReadOnlyList<byte[]> Make() => [SeedFile.Of(path =>
    {
        using CancellationTokenSource stop = new();
        Trainer(new() { CheckpointPath = path, Progress = new InlineProgress<TrainProgress>(_ => stop.Cancel()) }).Run(stop.Token);
    })];

    /// <summary>Also goes on from it: what does not fit must have been refused before.</summary>
    public static void Read(string path)
    {
        Trainer trainer = Trainer(new() { CheckpointPath = path, Resume = true });
        try
        {
            trainer.Run();
        }
        catch (NumericalException)
        {
            // Weights may be any numbers.
        }
    }

    private static Trainer Trainer(TrainOptions options) =>
        new(Recipe, new Mlp(Params.Fresh(1), new ModelSettings(), hidden: 1), Data, options);
}
