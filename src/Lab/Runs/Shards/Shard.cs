using System.Globalization;

namespace MiniGrad.Lab.Runs;

/// <summary>One of several parts of a run, counted from 0: consecutive examples, as many in each as can be.</summary>
internal readonly record struct Shard(int Number, int Of)
{
    /// <summary>The shard of a text such as 3/16.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Shard Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int of) && number < of)
        {
            return new(number, of);
        }
        throw new UsageException($"--shard: \"{text}\" is no part of a run. Parts are counted from 0: write 0/8 to 7/8, say.");
    }

    /// <summary>The examples of this shard of a run of so many.</summary>
    /// <exception cref="UsageException">There are more shards than examples.</exception>
    public ExampleRange Range(int count)
    {
        if (Of > count) throw new UsageException($"--shard: {Of} parts of {count} examples would leave some empty. Take at most {count}.");
        int first = (int)((long)count * Number / Of);
        return new(first, (int)((long)count * (Number + 1) / Of) - first);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");
}

/// <summary>Consecutive examples of a run.</summary>
internal readonly record struct ExampleRange(int First, int Count)
{
    /// <summary>The first and the last, as names of files have them.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:D8}-{First + Count - 1:D8}");
}
