namespace MiniGrad.Fuzz;

/// <summary>Changes numbers of 1, 2, 4 or 8 bytes in either byte order.</summary>
internal static class FieldMutation
{
    private const int Tries = 24;

    private static readonly long[] Extremes =
    [
        0, 1, -1, -2, 2, 16, 0x7F, 0x80, 0xFF, 100, 1000, 4096, 0x7FFF, 0x8000, 0xFFFF,
        0x10000, 1_000_000, 1 << 30, int.MaxValue, int.MinValue, uint.MaxValue,
        1L << 32, 1L << 62, long.MaxValue, long.MinValue,
    ];

    /// <summary>Adds or takes a little.</summary>
    public static byte[] Add(byte[] file, int at, Dice dice)
    {
        (int width, bool big) = Kind(file, at, dice);
        long step = 1 + dice.Below(35);
        return Write(file, at, width, big, Read(file, at, width, big) + (dice.OneIn(2) ? step : -step));
    }

    /// <summary>Sets a number at the edge of some range.</summary>
    public static byte[] Extreme(byte[] file, int at, Dice dice)
    {
        (int width, bool big) = Kind(file, at, dice);
        return Write(file, at, width, big, dice.Of(Extremes) + dice.Below(3) - 1);
    }

    /// <summary>Finds a number that could be a length or a place in the file and makes it slightly or absurdly wrong.</summary>
    public static byte[] Length(byte[] file, Dice dice)
    {
        for (int i = 0; i < Tries; i++)
        {
            int at = dice.Below(file.Length);
            (int width, bool big) = Kind(file, at, dice);
            long value = Read(file, at, width, big);
            if (value <= 0 || value > 2L * file.Length) continue;
            long left = file.Length - at - width;
            long wrong = dice.Below(10) switch
            {
                0 => value + 1,
                1 => value - 1,
                2 => 2 * value,
                3 => value / 2,
                4 => -value,
                5 => left,
                6 => left + 1,
                7 => file.Length,
                8 => value | 1L << (8 * width - 1),
                _ => value * 1_000_003,
            };
            return Write(file, at, width, big, wrong);
        }
        return file;
    }

    private static (int Width, bool Big) Kind(byte[] file, int at, Dice dice)
    {
        int width = 1 << dice.Below(4);
        while (width > file.Length - at) width /= 2;
        return (width, dice.OneIn(2));
    }

    private static long Read(byte[] file, int at, int width, bool big)
    {
        long value = 0;
        for (int i = 0; i < width; i++) value |= (long)file[big ? at + width - 1 - i : at + i] << 8 * i;
        return value;
    }

    private static byte[] Write(byte[] file, int at, int width, bool big, long value)
    {
        byte[] changed = [.. file];
        for (int i = 0; i < width; i++) changed[big ? at + width - 1 - i : at + i] = (byte)(value >> 8 * i);
        return changed;
    }
}
