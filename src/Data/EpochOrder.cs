namespace MiniGrad.Data;

/// <summary>The order in which an epoch visits the examples: a function of seed and epoch alone.</summary>
internal static class EpochOrder
{
    /// <summary>A permutation of 0 … count − 1.</summary>
    public static int[] Of(long seed, int epoch, int count)
    {
        if (epoch < 0) Throw.Range($"epoch order: epoch {epoch} is negative. Count epochs from 0.");
        if (count < 0) Throw.Range($"epoch order: {count} examples. Pass the size of the data set.");
        return new Rng(seed).At("epoch order").At(epoch).Permutation(count);
    }
}
