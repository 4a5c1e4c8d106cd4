using System.Buffers.Binary;
using System.IO.Compression;

namespace MiniGrad.Formats.Images;

/// <summary>Unpacks the image data of checked PNG chunks: rows are unfiltered one by one and spread to 8-bit pixels.</summary>
internal sealed class PngDecoder(PngChunks chunks, byte[] data, string name)
{
    /// <summary>Deflate makes at most 258 bytes of 2 bits.</summary>
    internal const int MaxExpansion = 1032;

    private readonly PngHeader header = chunks.Header;
    private readonly int channels = chunks.Header.Color switch
    {
        PngColor.Grey => chunks.Transparency.IsEmpty ? 1 : 2,
        PngColor.GreyAlpha => 2,
        PngColor.Rgba => 4,
        _ => chunks.Transparency.IsEmpty ? 3 : 4,
    };

    /// <summary>Where errors in the packed data are reported: its start.</summary>
    private readonly long dataOffset = chunks.Pieces[0].Start;

    public PixelImage Decode()
    {
        CheckSize();
        byte[] pixels = new byte[header.Width * header.Height * channels];
        using ZLibStream stream = new(new PieceStream(data, chunks.Pieces), CompressionMode.Decompress);
        byte[] row = new byte[header.RowBytes(header.Width) + 1];
        byte[] above = new byte[row.Length];
        foreach (var pass in header.Passes)
        {
            (int width, int height) = header.PassSize(pass);
            if (width < 1 || height < 1) continue;
            int length = (int)header.RowBytes(width) + 1;
            above.AsSpan().Clear();
            for (int y = 0; y < height; y++)
            {
                Span<byte> filtered = row.AsSpan(0, length);
                if (Unpack(stream, filtered) != length) throw Bad($"the image data ends early, inside row {y} of {height}");
                if (filtered[0] >= PngFilter.Count) throw Bad($"row {y} has filter {filtered[0]}, only 0 to 4 exist");
                PngFilter.Undo(filtered[0], filtered[1..], above.AsSpan(1, length - 1), header.FilterDistance);
                int first = ((pass.Y + y * pass.StepY) * header.Width + pass.X) * channels;
                Spread(filtered[1..], width, pixels, first, pass.StepX * channels);
                (row, above) = (above, row);
            }
        }
        // One byte more than declared is enough to refuse the rest; it also makes the checksum be compared.
        if (Unpack(stream, row.AsSpan(0, 1)) != 0)
        {
            throw Bad($"the image data unpacks to more than the {header.UnpackedBytes} bytes of a {header.Width} x {header.Height} image");
        }
        return new(header.Width, header.Height, channels, pixels);
    }

    private void CheckSize()
    {
        long packed = 0;
        foreach ((_, int length) in chunks.Pieces) packed += length;
        if (header.UnpackedBytes > (packed + 1) * MaxExpansion)
        {
            throw Bad($"{packed} bytes of image data cannot unpack to the {header.UnpackedBytes} bytes of a {header.Width} "
                + $"x {header.Height} image. The size is wrong or the file is cut short");
        }
    }

    private int Unpack(ZLibStream stream, Span<byte> target)
    {
        try
        {
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Bad($"the image data does not unpack: {Printable.Line(e.Message)}");
        }
    }

    private void Spread(ReadOnlySpan<byte> row, int width, byte[] pixels, int at, int step)
    {
        if (header.Color == PngColor.Palette)
        {
            SpreadPalette(row, width, pixels, at, step);
            return;
        }
        int samples = header.Samples;
        if (header.Depth == 8 && channels == samples && step == samples)
        {
            row.CopyTo(pixels.AsSpan(at));
            return;
        }
        Span<int> key = stackalloc int[3];
        bool keyed = channels != samples;
        ReadOnlySpan<byte> transparency = chunks.Transparency.Span;
        for (int k = 0; k < transparency.Length / 2; k++)
        {
            // The format has decoders ignore the bits above the depth.
            key[k] = BinaryPrimitives.ReadUInt16BigEndian(transparency[(2 * k)..]) & ((1 << header.Depth) - 1);
        }
        for (int x = 0; x < width; x++, at += step)
        {
            bool transparent = keyed;
            for (int k = 0; k < samples; k++)
            {
                int sample = Sample(row, x * samples + k);
                if (keyed) transparent &= sample == key[k];
                pixels[at + k] = ToByte(sample);
            }
            if (keyed) pixels[at + samples] = transparent ? (byte)0 : (byte)255;
        }
    }

    private void SpreadPalette(ReadOnlySpan<byte> row, int width, byte[] pixels, int at, int step)
    {
        ReadOnlySpan<byte> palette = chunks.Palette.Span;
        ReadOnlySpan<byte> alpha = chunks.Transparency.Span;
        for (int x = 0; x < width; x++, at += step)
        {
            int index = Sample(row, x);
            if (3 * index >= palette.Length)
            {
                throw Bad($"a pixel has palette index {index}, but the palette has {palette.Length / 3} colours");
            }
            palette.Slice(3 * index, 3).CopyTo(pixels.AsSpan(at));
            if (channels == 4) pixels[at + 3] = index < alpha.Length ? alpha[index] : (byte)255;
        }
    }

    private int Sample(ReadOnlySpan<byte> row, int i)
    {
        if (header.Depth == 8) return row[i];
        if (header.Depth == 16) return row[2 * i] << 8 | row[2 * i + 1];
        int bit = i * header.Depth;
        return row[bit / 8] >> (8 - header.Depth - bit % 8) & ((1 << header.Depth) - 1);
    }

    private byte ToByte(int sample) => header.Depth switch
    {
        1 => (byte)(sample * 255),
        2 => (byte)(sample * 85),
        4 => (byte)(sample * 17),
        8 => (byte)sample,
        _ => (byte)((sample * 255 + 32767) / 65535),
    };

    private PngException Bad(string problem) => new(name, dataOffset, problem);
}
