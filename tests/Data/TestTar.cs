using System.IO.Compression;
using System.Text;

namespace MiniGrad.Tests.Data;

/// <summary>Writes tar archives by hand, right ones and wrong ones.</summary>
internal static class TestTar
{
    private const int Block = 512;

    /// <summary>A member: header and content, filled up to whole blocks. The declared size may lie.</summary>
    public static byte[] Member(
        string name, byte[] content, char type = '0', long? declared = null, bool rightSum = true, string magic = "ustar\0" + "00")
    {
        byte[] bytes = new byte[Block + (content.Length + Block - 1) / Block * Block];
        Put(bytes, 0, name);
        Put(bytes, 100, "0000644\0");
        Put(bytes, 124, Convert.ToString(declared ?? content.Length, 8).PadLeft(11, '0') + " ");
        bytes[156] = (byte)type;
        Put(bytes, 257, magic);
        Put(bytes, 148, "        ");
        int sum = bytes.AsSpan(0, Block).ToArray().Sum(value => value);
        Put(bytes, 148, Convert.ToString(rightSum ? sum : sum + 1, 8).PadLeft(6, '0') + "\0 ");
        content.CopyTo(bytes, Block);
        return bytes;
    }

    /// <summary>Members, the end mark, and gzip around them.</summary>
    public static byte[] Pack(params byte[][] members) => Zip([.. members.SelectMany(bytes => bytes), .. new byte[2 * Block]]);

    public static byte[] Zip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest)) stream.Write(bytes);
        return packed.ToArray();
    }

    private static void Put(byte[] bytes, int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(bytes, at);
}
