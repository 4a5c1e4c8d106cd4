using System.Buffers.Binary;

namespace MiniGrad.Formats.Weights;

/// <summary>
/// What stands before the numbers of a NumPy array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html),
/// versions 1.0 to 3.0: the element type by its safetensors name, the shape, how the numbers are ordered, and the header's
/// length with all before it.
/// </summary>
internal sealed record NpyHeader(string DType, long[] Shape, bool IsBigEndian, bool IsFortran, int Bytes, string Version)
{
    /// <summary>NumPy itself trusts headers of 10,000 characters.</summary>
    private const int MostBytes = 1 << 16;

    private const int MagicBytes = 8;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads and checks a header; <paramref name="length"/> is how long header and numbers are together.</summary>
    /// <param name="bad">Makes the refusal of a place counted from the array's first byte.</param>
    public static NpyHeader Read(Stream stream, long length, Func<long, string, BadFileException> bad)
    {
        Span<byte> magic = stackalloc byte[MagicBytes];
        if (Fill(stream, magic, bad) < MagicBytes || !magic.StartsWith(Magic))
        {
            throw bad(0, "no NumPy array begins here: the first bytes are not its signature");
        }
        (int major, int minor) = (magic[6], magic[7]);
        if (major is < 1 or > 3 || minor != 0) throw bad(6, $"format version {major}.{minor}; 1.0, 2.0 and 3.0 are read");
        Span<byte> field = stackalloc byte[4];
        field.Clear();
        int width = major == 1 ? 2 : 4;
        if (Fill(stream, field[..width], bad) < width)
        {
            throw bad(MagicBytes, "the file ends inside the length of its header. Fetch it again");
        }
        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(field);
        int start = MagicBytes + width;
        if (declared > MostBytes) throw bad(MagicBytes, $"the header declares {declared} bytes, at most {MostBytes} are read");
        if (declared > length - start)
        {
            throw bad(MagicBytes,
                $"the header declares {declared} bytes, {length - start} are left. The file is cut short: fetch it again");
        }
        byte[] text = new byte[declared];
        if (Fill(stream, text, bad) < text.Length)
        {
            throw bad(MagicBytes, $"the file ends inside the {declared} bytes of its header. Fetch it again");
        }
        NpyHeader header = Parse(text, start, bad) with { Version = $"{major}.{minor}" };
        header.CheckLength(length, bad);
        return header;
    }

    private static NpyHeader Parse(ReadOnlySpan<byte> text, int start, Func<long, string, BadFileException> bad)
    {
        NpyLiteral literal = new(text, (at, problem) => bad(start + at, problem));
        (string DType, bool IsBigEndian)? type = null;
        bool? fortran = null;
        long[]? shape = null;
        literal.Expect('{');
        while (!literal.Takes('}'))
        {
            int keyAt = literal.At;
            string key = literal.Text("key");
            bool again = key switch
            {
                "descr" => type is not null,
                "fortran_order" => fortran is not null,
                "shape" => shape is not null,
                _ => false,
            };
            if (again) throw bad(start + keyAt, $"the header's {key} occurs twice");
            literal.Expect(':');
            int at = literal.At;
            switch (key)
            {
                case "descr":
                    if (literal.Takes('['))
                    {
                        throw bad(start + at,
                            "holds records with named fields, which are not read. Save each field as an array of its own");
                    }
                    type = Type(literal.Text(key), start + at, bad);
                    break;
                case "fortran_order":
                    fortran = literal.Truth(key);
                    break;
                case "shape":
                    shape = literal.Sizes(key);
                    break;
                default:
                    throw bad(start + keyAt, $"unknown key {Printable.Name(key)} in the header; it has descr, fortran_order and shape");
            }
            if (literal.Takes(',')) continue;
            literal.Expect('}');
            break;
        }
        if (!literal.IsAtEnd) throw bad(start + literal.At, "other signs follow the dictionary of the header");
        if (type is not { } known || fortran is not { } order || shape is null)
        {
            throw bad(start, $"the header's {(type is null ? "descr" : fortran is null ? "fortran_order" : "shape")} is missing");
        }
        return new(known.DType, shape, known.IsBigEndian, order, start + text.Length, "");
    }

    /// <summary>A type as NumPy writes it: byte order, kind, bytes.</summary>
    private static (string DType, bool IsBigEndian) Type(string descr, long at, Func<long, string, BadFileException> bad)
    {
        if (descr is ['|', 'O', ..])
        {
            throw bad(at, "holds Python objects, which is not read: no code from a file is ever run. Save an array of numbers");
        }
        string? type = descr.Length < 2 ? null : descr[1..] switch
        {
            "f2" => "F16",
            "f4" => "F32",
            "f8" => "F64",
            "i1" => "I8",
            "i2" => "I16",
            "i4" => "I32",
            "i8" => "I64",
            "u1" => "U8",
            "b1" => "BOOL",
            _ => null,
        };
        // Only single bytes have no order.
        bool known = type is not null && (descr[0] is '<' or '>' || (descr[0] == '|' && descr[2] == '1'));
        if (!known)
        {
            throw bad(at,
                $"numbers of type {Printable.Name(descr)} are not read. Save float16, float32, float64, bool, uint8 or int8 to int64");
        }
        return (type!, descr[0] == '>');
    }

    private void CheckLength(long length, Func<long, string, BadFileException> bad)
    {
        Int128 count = 1;
        bool empty = false;
        foreach (long size in Shape)
        {
            empty |= size == 0;
            // An empty array may not hide absurd other sizes either, so zeros do not stop the product.
            count *= Math.Max(1, size);
            if (count > long.MaxValue) throw bad(MagicBytes, "the product of the shape overflows 63 bits");
        }
        Int128 needed = empty ? 0 : count * StoredType.Size(DType);
        long given = length - Bytes;
        if (given < needed)
        {
            throw bad(length,
                $"the shape in {DType} needs {needed} bytes of numbers, the file holds {given}. It is cut short: fetch it again");
        }
        if (given > needed) throw bad(Bytes + (long)needed, $"{given - needed} bytes follow the {needed} bytes of numbers");
    }

    private static int Fill(Stream stream, Span<byte> target, Func<long, string, BadFileException> bad)
    {
        try
        {
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            throw bad(0, "the packed data is no valid deflate stream. Fetch the file again");
        }
    }
}
