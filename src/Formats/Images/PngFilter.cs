namespace MiniGrad.Formats.Images;

/// <summary>The five row filters of PNG, which predict a byte from its left (a), upper (b) and upper left (c) neighbour.</summary>
internal static class PngFilter
{
    public const int Count = 5;

    /// <summary>Turns a filtered row back into samples, in place.</summary>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 1:
                for (int i = distance; i < row.Length; i++) row[i] += row[i - distance];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++) row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < row.Length; i++) row[i] += (byte)((Left(row, i, distance) + above[i]) >> 1);
                break;
            case 4:
                for (int i = 0; i < row.Length; i++) row[i] += Paeth(Left(row, i, distance), above[i], Left(above, i, distance));
                break;
        }
    }

    /// <summary>
    /// Writes the filtered row and returns the sum of its absolute values as signed bytes, which predicts its packed size.
    /// </summary>
    public static long Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int distance, Span<byte> filtered)
    {
        long sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            int prediction = filter switch
            {
                1 => Left(row, i, distance),
                2 => above[i],
                3 => (Left(row, i, distance) + above[i]) >> 1,
                4 => Paeth(Left(row, i, distance), above[i], Left(above, i, distance)),
                _ => 0,
            };
            filtered[i] = (byte)(row[i] - prediction);
            sum += Math.Abs((int)(sbyte)filtered[i]);
        }
        return sum;
    }

    private static byte Left(ReadOnlySpan<byte> row, int i, int distance) => i < distance ? (byte)0 : row[i - distance];

    private static byte Paeth(byte a, byte b, byte c)
    {
        int toA = Math.Abs(b - c);
        int toB = Math.Abs(a - c);
        int toC = Math.Abs(a + b - 2 * c);
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }
}
