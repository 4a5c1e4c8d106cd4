using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace MiniGrad.Formats.Images;

/// <summary>The chunks of a PNG file, all checked (length, CRC, order, number) before anything is unpacked.</summary>
internal sealed class PngChunks
{
    /// <summary>Length, type and CRC of a chunk.</summary>
    private const int Frame = 12;

    private readonly byte[] data;
    private readonly string name;
    private bool dataEnded;

    public PngChunks(byte[] data, string name)
    {
        this.data = data;
        this.name = name;
        CheckSignature();
        int at = ReadHeader(FileSignature.Png.Length);
        while (true)
        {
            (string type, int length) = Chunk(at);
            if (type == "IEND")
            {
                ReadEnd(at, length);
                return;
            }
            Accept(type, at, length);
            at += Frame + length;
        }
    }

    public PngHeader Header { get; private set; }

    /// <summary>RGB triples, empty without a PLTE chunk.</summary>
    public ReadOnlyMemory<byte> Palette { get; private set; }

    /// <summary>The content of tRNS, empty without one.</summary>
    public ReadOnlyMemory<byte> Transparency { get; private set; }

    /// <summary>Where the pieces of the compressed data lie in the file.</summary>
    public List<(int Start, int Length)> Pieces { get; } = [];

    private void CheckSignature()
    {
        ReadOnlySpan<byte> head = data.AsSpan(0, Math.Min(data.Length, 512));
        if (head.Length == 0) throw Bad(0, "the file is empty. Fetch it again");
        if (head.StartsWith(FileSignature.Png)) return;
        if (head.Length < FileSignature.Png.Length && FileSignature.Png.StartsWith(head))
        {
            throw Bad(head.Length, "the file ends inside the PNG signature. Fetch it again");
        }
        if (head.StartsWith(FileSignature.Png[..4]))
        {
            throw Bad(4, "the PNG signature is damaged, as by a transfer that changed line ends. Fetch it again in binary");
        }
        if (ForeignFile.Describe(head, "a PNG image") is { } foreign) throw Bad(0, $"the file {foreign}");
        throw Bad(0, "the file is no PNG image: its first bytes are not the PNG signature");
    }

    private (string Type, int Length) Chunk(int at)
    {
        if (data.Length - at < Frame) throw Bad(data.Length, "the file ends before its IEND chunk. Fetch it again");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(at));
        ReadOnlySpan<byte> letters = data.AsSpan(at + 4, 4);
        foreach (byte letter in letters)
        {
            if (!char.IsAsciiLetter((char)letter)) throw Bad(at + 4, $"a chunk type holds byte 0x{letter:X2}, which is no letter");
        }
        string type = Encoding.ASCII.GetString(letters);
        if (length > data.Length - at - Frame)
        {
            throw Bad(at,
                $"chunk {type} of {length} bytes runs past the end of the file, {data.Length - at - Frame} are left. Fetch it again");
        }
        uint expected = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(at + 8 + (int)length));
        uint actual = Crc32.HashToUInt32(data.AsSpan(at + 4, 4 + (int)length));
        if (expected != actual)
        {
            throw Bad(at + 8 + length, $"chunk {type} has CRC {actual:X8}, the file says {expected:X8}. It is damaged: fetch it again");
        }
        return (type, (int)length);
    }

    private int ReadHeader(int at)
    {
        (string type, int length) = Chunk(at);
        if (type != "IHDR") throw Bad(at + 4, $"the first chunk is {type}, not IHDR");
        if (length != 13) throw Bad(at, $"chunk IHDR has {length} bytes, not 13");
        ReadOnlySpan<byte> body = data.AsSpan(at + 8, length);
        uint width = BinaryPrimitives.ReadUInt32BigEndian(body);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        if (width is 0 or > int.MaxValue) throw Bad(at + 8, $"the width {width} is not between 1 and {int.MaxValue}");
        if (height is 0 or > int.MaxValue) throw Bad(at + 12, $"the height {height} is not between 1 and {int.MaxValue}");
        if ((long)width * height > Png.MaxPixels)
        {
            throw Bad(at + 8, $"{width} x {height} pixels exceed the limit of {Png.MaxPixels}. Make the image smaller");
        }
        var color = (PngColor)body[9];
        if (!PngHeader.Allows(color, body[8])) throw Bad(at + 16, $"bit depth {body[8]} with colour type {body[9]} does not exist");
        if (body[10] != 0) throw Bad(at + 18, $"compression method {body[10]} does not exist, only 0");
        if (body[11] != 0) throw Bad(at + 19, $"filter method {body[11]} does not exist, only 0");
        if (body[12] > 1) throw Bad(at + 20, $"interlace method {body[12]} does not exist, only 0 and 1");
        Header = new((int)width, (int)height, body[8], color, body[12] == 1);
        return at + Frame + length;
    }

    private void Accept(string type, int at, int length)
    {
        if (type != "IDAT" && Pieces.Count > 0) dataEnded = true;
        switch (type)
        {
            case "IHDR":
                throw Bad(at + 4, "a second IHDR chunk");
            case "PLTE":
                ReadPalette(at, length);
                break;
            case "tRNS":
                ReadTransparency(at, length);
                break;
            case "IDAT":
                if (dataEnded) throw Bad(at + 4, "IDAT chunks do not follow one another");
                if (Header.Color == PngColor.Palette && Palette.IsEmpty)
                {
                    throw Bad(at + 4, "image data comes before the palette that it needs");
                }
                Pieces.Add((at + 8, length));
                break;
            default:
                // An upper-case first letter says that the image cannot be shown without the chunk.
                if (char.IsAsciiLetterUpper(type[0])) throw Bad(at + 4, $"unknown critical chunk {type}");
                break;
        }
    }

    private void ReadPalette(int at, int length)
    {
        if (!Palette.IsEmpty) throw Bad(at + 4, "a second PLTE chunk");
        if (Pieces.Count > 0) throw Bad(at + 4, "PLTE comes after the image data");
        if (!Transparency.IsEmpty) throw Bad(at + 4, "PLTE comes after tRNS");
        if (Header.Color is PngColor.Grey or PngColor.GreyAlpha) throw Bad(at + 4, "a grey image has a PLTE chunk");
        int most = Header.Color == PngColor.Palette ? 1 << Header.Depth : 256;
        if (length == 0 || length % 3 != 0 || length / 3 > most)
        {
            throw Bad(at, $"chunk PLTE has {length} bytes, not three for each of 1 to {most} colours");
        }
        Palette = data.AsMemory(at + 8, length);
    }

    private void ReadTransparency(int at, int length)
    {
        if (!Transparency.IsEmpty) throw Bad(at + 4, "a second tRNS chunk");
        if (Pieces.Count > 0) throw Bad(at + 4, "tRNS comes after the image data");
        bool fits = Header.Color switch
        {
            PngColor.Grey => length == 2,
            PngColor.Rgb => length == 6,
            PngColor.Palette when Palette.IsEmpty => throw Bad(at + 4, "tRNS comes before PLTE"),
            PngColor.Palette => length >= 1 && length <= Palette.Length / 3,
            _ => throw Bad(at + 4, "an image with an alpha channel has a tRNS chunk"),
        };
        if (!fits) throw Bad(at, $"chunk tRNS has {length} bytes, which does not fit colour type {(int)Header.Color}");
        Transparency = data.AsMemory(at + 8, length);
    }

    private void ReadEnd(int at, int length)
    {
        if (length != 0) throw Bad(at, $"chunk IEND has {length} bytes, not 0");
        if (Pieces.Count == 0) throw Bad(at, "there is no image data: no IDAT chunk");
        if (data.Length != at + Frame) throw Bad(at + Frame, $"{data.Length - at - Frame} bytes follow the IEND chunk");
    }

    private PngException Bad(long offset, string problem) => new(name, offset, problem);
}
