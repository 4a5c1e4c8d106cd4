namespace MiniGrad.Fuzz;

/// <summary>The inputs of one target: number n of a seed is a function of both and of the valid files, nothing else.</summary>
internal sealed class FuzzInputs
{
    private readonly Rng rng;
    private readonly IReadOnlyList<Envelope> parts;
    private readonly Mutator mutator;

    public FuzzInputs(FuzzTarget target, long seed, IReadOnlyList<byte[]> more)
    {
        Seeds = [.. target.MakeSeeds(), .. more];
        rng = new Rng(seed).At(target.Name);
        parts = [Envelopes.Whole, .. target.Parts];
        mutator = new(Seeds, target.WordBytes);
    }

    /// <summary>The valid files.</summary>
    public IReadOnlyList<byte[]> Seeds { get; }

    public byte[] Make(long number)
    {
        Dice dice = new(rng.At(number));
        // A copy, since envelopes write checksums in place.
        byte[] file = dice.Of(parts)([.. dice.Of(Seeds)], dice, part => mutator.Change(part, dice));
        // Now and then what was made right is broken again.
        return dice.OneIn(12) ? mutator.Change(file, dice) : file;
    }
}
