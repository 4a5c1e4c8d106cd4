using System.Text;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// Where the files of an uncompressed tar archive lie (POSIX ustar and GNU); names and
/// sizes beyond its plain fields are not read.
/// </summary>
internal static class TarMembers
{
    private const int BlockBytes = 512;
    private const int MostMembers = 1000;

    public static Dictionary<string, (long Begin, long Length)> Read(FileBytes file)
    {
        Dictionary<string, (long, long)> members = new(StringComparer.Ordinal);
        Span<byte> block = stackalloc byte[BlockBytes];
        long at = 0;
        for (int count = 0; file.Length - at >= BlockBytes; count++)
        {
            file.Fill(block, at);
            if (block.IndexOfAnyExcept((byte)0) < 0) return members;
            if (count == MostMembers) throw file.Bad(at, $"the tar archive has more than {MostMembers} files");
            CheckSum(file, block, at);
            long length = Octal(file, block.Slice(124, 12), at + 124);
            long begin = at + BlockBytes;
            if (length > file.Length - begin)
            {
                throw file.Bad(at + 124,
                    $"a file of the tar archive has {length} bytes, {file.Length - begin} are left. It is cut short: fetch it again");
            }
            string name = Encoding.Latin1.GetString(block[..100]).TrimEnd('\0');
            switch (block[156])
            {
                case (byte)'0' or 0:
                    if (!members.TryAdd(name, (begin, length))) throw file.Bad(at, $"the tar archive names {Printable.Name(name)} twice");
                    break;
                case (byte)'5' or (byte)'x' or (byte)'g':
                    // A folder; or attributes such as exact times, which change nothing as long as the plain fields hold name and size.
                    CheckAttributes(file, begin, length);
                    break;
                default:
                    throw file.Bad(at + 156,
                        $"{Printable.Name(name)} of the tar archive is of kind 0x{block[156]:X2}; plain files are read");
            }
            at = begin + (length + BlockBytes - 1) / BlockBytes * BlockBytes;
        }
        throw file.Bad(file.Length, "the tar archive ends without its two empty blocks: it is cut short. Fetch the file again");
    }

    private static void CheckAttributes(FileBytes file, long begin, long length)
    {
        const int Most = 64 * 1024;
        if (length > Most) throw file.Bad(begin, $"attributes of {length} bytes in the tar archive; at most {Most} are read");
        byte[] bytes = new byte[length];
        file.Fill(bytes, begin);
        if (bytes.AsSpan().IndexOf(" path="u8) >= 0 || bytes.AsSpan().IndexOf(" size="u8) >= 0)
        {
            throw file.Bad(begin, "names and sizes in attributes of a tar archive are not read");
        }
    }

    /// <summary>The sum of the header's bytes, with spaces in place of the sum itself.</summary>
    private static void CheckSum(FileBytes file, ReadOnlySpan<byte> block, long at)
    {
        long sum = 8 * ' ';
        for (int i = 0; i < BlockBytes; i++) sum += i is >= 148 and < 156 ? 0 : block[i];
        long stored = Octal(file, block.Slice(148, 8), at + 148);
        if (sum != stored)
        {
            throw file.Bad(at + 148, $"the checksum of a tar header is {sum}, not {stored}. The file is damaged: fetch it again");
        }
    }

    private static long Octal(FileBytes file, ReadOnlySpan<byte> field, long at)
    {
        long value = 0;
        foreach (byte digit in field.Trim("\0 "u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                throw file.Bad(at, "a number in a tar header is not octal. The file is damaged: fetch it again");
            }
            value = value * 8 + digit - '0';
        }
        return value;
    }
}
