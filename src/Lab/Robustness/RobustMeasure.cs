using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Robustness;

/// <summary>Measures what an attack leaves of a network's accuracy, as the index of the shipped weights has it.</summary>
internal static class RobustMeasure
{
    private const int Together = 100;

    /// <summary>How many of the first images stay right under an attack, which starts from the same random numbers every time.</summary>
    /// <param name="attack">As the command evaluate names it.</param>
    /// <exception cref="UsageException">There are fewer images.</exception>
    public static RobustAccuracy Of(
        Network network, ImageDataSet set, string attack, int count, IProgress<int>? progress = null, CancellationToken cancellation =
            default)
    {
        if (count > set.Count) throw new UsageException($"--attack-count: {count} images asked for, {set.Name} has {set.Count}.");
        Attack named = NamedAttack.Parse(attack).UntilBroken;
        Classifier classifier = new(network);
        int right = 0;
        for (int first = 0; first < count; first += Together)
        {
            int length = Math.Min(Together, count - first);
            AttackResult result = named.Run(classifier, new(set.Images(first, length), set.Labels[first..(first + length)]),
                new() { FirstIndex = first, ChunkSize = Together, Cancellation = cancellation });
            cancellation.ThrowIfCancellationRequested();
            right += result.Examples.Count(e => !e.Success && e.Status != ExampleStatus.NonFinite);
            progress?.Report(first + length);
        }
        return new(attack, right, count);
    }
}
