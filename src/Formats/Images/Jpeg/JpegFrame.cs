using System.Buffers.Binary;

namespace MiniGrad.Formats.Images;

/// <summary>What a JPEG's frame header (SOF) declares: the size, the components and how they are sampled.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool progressive, JpegComponent[] components)
    {
        Width = width;
        Height = height;
        Progressive = progressive;
        Components = components;
        Across = components.Max(c => c.Across);
        Down = components.Max(c => c.Down);
        McusWide = Divide(width, Across * JpegComponent.Side);
        McusHigh = Divide(height, Down * JpegComponent.Side);
        foreach (JpegComponent component in components)
        {
            component.SetSize(Divide(width * component.Across, Across), Divide(height * component.Down, Down));
        }
    }

    public int Width { get; }

    public int Height { get; }

    public bool Progressive { get; }

    public JpegComponent[] Components { get; }

    /// <summary>The largest horizontal sampling factor.</summary>
    public int Across { get; }

    /// <summary>The largest vertical sampling factor.</summary>
    public int Down { get; }

    /// <summary>Minimum coded units per row of an interleaved scan: so many blocks of each component as its factors say.</summary>
    public int McusWide { get; }

    public int McusHigh { get; }

    /// <summary>Reads the content of a frame header that lies at <paramref name="at"/> in the file.</summary>
    public static JpegFrame Read(ReadOnlySpan<byte> body, int at, byte marker, string name)
    {
        if (body.Length < 6) throw Bad(at, $"the frame header has {body.Length} bytes, too few");
        int height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        int count = body[5];
        if (body[0] != 8) throw Bad(at, $"samples of {body[0]} bits are not read, only of 8. Convert the image to 8 bits");
        if (height == 0) throw Bad(at + 1, "the height is 0, to be told later (DNL), which is not read. Save the image again");
        if (width == 0) throw Bad(at + 3, "the width is 0");
        if ((long)width * height > Jpeg.MaxPixels)
        {
            throw Bad(at + 1, $"{width} x {height} pixels exceed the limit of {Jpeg.MaxPixels}. Make the image smaller");
        }
        if (count is not (1 or 3 or 4)) throw Bad(at + 5, $"{count} components; only 1 (grey), 3 (colour) and 4 (CMYK) are read");
        if (body.Length != 6 + 3 * count)
        {
            throw Bad(at, $"the frame header has {body.Length} bytes, {count} components need {6 + 3 * count}");
        }
        JpegComponent[] components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            int place = at + 6 + 3 * i;
            ReadOnlySpan<byte> entry = body.Slice(6 + 3 * i, 3);
            (int across, int down) = (entry[1] >> 4, entry[1] & 15);
            if (across is < 1 or > 4 || down is < 1 or > 4)
            {
                throw Bad(place + 1, $"sampling factors {across} x {down} of component {i} are not between 1 and 4");
            }
            if (entry[2] > 3) throw Bad(place + 2, $"component {i} has quantisation table {entry[2]}, only 0 to 3 exist");
            byte id = entry[0];
            if (Array.Exists(components[..i], c => c.Id == id)) throw Bad(place, $"two components have the number {id}");
            components[i] = new(id, across, down, entry[2]);
        }
        JpegFrame frame = new(width, height, marker == JpegMarker.Progressive, components);
        if (Array.Find(components, c => frame.Across % c.Across != 0 || frame.Down % c.Down != 0) is { } odd)
        {
            throw Bad(at + 6, $"component {odd.Id} is sampled {odd.Across} x {odd.Down} beside {frame.Across} x {frame.Down}; "
                + "only whole ratios are read");
        }
        return frame;

        JpegException Bad(int place, string problem) => new(name, place, problem);
    }

    private static int Divide(int value, int by) => (value + by - 1) / by;
}
