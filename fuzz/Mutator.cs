using System.Text;

namespace MiniGrad.Fuzz;

/// <summary>
/// Changes a file as damage and malice do: bits, numbers of every width and byte order, lengths, blocks, cuts, pieces of
/// other files, words and numbers of its text. Equal dice give equal changes.
/// </summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> words)
{
    /// <summary>No change makes a file longer than this: what long files do, repeated blocks show sooner.</summary>
    public const int MaxBytes = 1 << 18;

    private const int MaxChanges = 8;
    private const int MaxBlock = 64;

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "00", "7", "8", "127", "128", "255", "256", "65535",
        "65536", "2147483647", "2147483648", "-2147483648", "4294967295",
        "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551616", "1.5", "1e9", "1e400", "-1e-400",
        "NaN", "Infinity", "0x10", "1_000", "99999999999999999999999999999999999999",
    ];

    /// <summary>The file after one change, or a few: each further one is half as likely.</summary>
    public byte[] Change(byte[] file, Dice dice)
    {
        int changes = 1;
        while (changes < MaxChanges && dice.OneIn(2)) changes++;
        for (int i = 0; i < changes; i++) file = Once(file, dice);
        return file;
    }

    private byte[] Once(byte[] file, Dice dice)
    {
        if (file.Length == 0) return dice.Bytes(1 + dice.Below(MaxBlock));
        int at = dice.Below(file.Length);
        switch (dice.Below(words.Count == 0 ? 16 : 23))
        {
            case 0 or 1:
                return With(file, at, (byte)(file[at] ^ 1 << dice.Below(8)));
            case 2:
                return With(file, at, (byte)dice.Below(256));
            case 3:
                return FieldMutation.Add(file, at, dice);
            case 4 or 5:
                return FieldMutation.Extreme(file, at, dice);
            case 6 or 7:
                return FieldMutation.Length(file, dice);
            case 8:
                return Put(file, at, Block(file, at, dice), []);
            case 9:
                return Put(file, dice.Below(file.Length + 1), 0, file.AsSpan(at, Block(file, at, dice)));
            case 10:
                return Swapped(file, at, dice);
            case 11:
                return Put(file, at, 0, Fill(1 + dice.Below(MaxBlock), dice));
            case 12:
                byte[] fill = Fill(Block(file, at, dice), dice);
                return Put(file, at, fill.Length, fill);
            case 13:
                return file[..at];
            case 14:
                byte[] other = dice.Of(corpus);
                return Put(file, at, file.Length - at,
                    other.AsSpan(dice.OneIn(2) ? Math.Min(at, other.Length) : dice.Below(other.Length + 1)));
            case 15:
                return Repeated(file, at, dice);
            case 16 or 17:
                byte[] word = dice.Of(words);
                return Put(file, at, dice.OneIn(2) ? 0 : Math.Min(word.Length, file.Length - at), word);
            case 18:
                (int start, int length) = Run(file, at, b => char.IsAsciiLetterOrDigit((char)b) || b == '_');
                return Put(file, start, length, dice.Of(words));
            case 19 or 20:
                return Reworded(file, at, dice);
            default:
                return Renumbered(file, at, dice);
        }
    }

    private static byte[] With(byte[] file, int at, byte value)
    {
        byte[] changed = [.. file];
        changed[at] = value;
        return changed;
    }

    /// <summary>The file with other bytes in place of <paramref name="removed"/> of its own.</summary>
    private static byte[] Put(byte[] file, int at, int removed, ReadOnlySpan<byte> added)
    {
        if (added.Length > removed && file.Length - removed + added.Length > MaxBytes) return file;
        byte[] changed = new byte[file.Length - removed + added.Length];
        file.AsSpan(0, at).CopyTo(changed);
        added.CopyTo(changed.AsSpan(at));
        file.AsSpan(at + removed).CopyTo(changed.AsSpan(at + added.Length));
        return changed;
    }

    /// <summary>The length of a block from there: short as a rule, anything up to the end at times.</summary>
    private static int Block(byte[] file, int at, Dice dice)
    {
        int left = file.Length - at;
        return 1 + dice.Below(dice.OneIn(4) ? left : Math.Min(left, MaxBlock));
    }

    private static byte[] Fill(int length, Dice dice)
    {
        if (dice.OneIn(2)) return dice.Bytes(length);
        byte[] fill = new byte[length];
        if (dice.OneIn(2)) fill.AsSpan().Fill((byte)dice.Below(256));
        return fill;
    }

    private static byte[] Swapped(byte[] file, int at, Dice dice)
    {
        int to = dice.Below(file.Length);
        (int first, int second) = at < to ? (at, to) : (to, at);
        int length = Math.Min(Block(file, second, dice), second - first);
        byte[] changed = [.. file];
        file.AsSpan(first, length).CopyTo(changed.AsSpan(second));
        file.AsSpan(second, length).CopyTo(changed.AsSpan(first));
        return changed;
    }

    /// <summary>One block many times over: nesting and lists that a reader may not expect.</summary>
    private static byte[] Repeated(byte[] file, int at, Dice dice)
    {
        int length = Math.Min(1 + dice.Below(12), file.Length - at);
        byte[] many = new byte[length * (2 << dice.Below(12))];
        for (int i = 0; i < many.Length; i++) many[i] = file[at + i % length];
        return Put(file, at, 0, many);
    }

    /// <summary>The next word of the format gives way to another one: a type to another type, a key to another key.</summary>
    private byte[] Reworded(byte[] file, int at, Dice dice)
    {
        int least = file.Length;
        int length = 0;
        foreach (byte[] word in words)
        {
            // Signs such as brackets would be next almost everywhere.
            int distance = word.Length < 2 ? -1 : file.AsSpan(at, Math.Min(file.Length - at, least - at + word.Length)).IndexOf(word);
            if (distance >= 0 && (at + distance < least || (at + distance == least && word.Length > length)))
            {
                (least, length) = (at + distance, word.Length);
            }
        }
        return length == 0 ? file : Put(file, least, length, dice.Of(words));
    }

    private static byte[] Renumbered(byte[] file, int at, Dice dice)
    {
        // From a random place on, so that every number has its chance.
        int digit = file.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (digit < 0) return file;
        (int start, int length) = Run(file, at + digit, b => char.IsAsciiDigit((char)b));
        return Put(file, start, length, Encoding.ASCII.GetBytes(dice.Of(Numbers)));
    }

    /// <summary>The run of bytes of a kind around a place; empty where that one is not.</summary>
    private static (int Start, int Length) Run(byte[] file, int at, Predicate<byte> kind)
    {
        int start = at;
        int end = at;
        while (start > 0 && kind(file[start - 1])) start--;
        while (end < file.Length && kind(file[end])) end++;
        return (start, end - start);
    }
}
