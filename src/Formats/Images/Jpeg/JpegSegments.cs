using System.Buffers.Binary;

namespace MiniGrad.Formats.Images;

/// <summary>
/// The segments of a JPEG file up to its end marker, all checked (lengths, tables, the order of scans, whether the bytes
/// present can hold the image declared) before anything is decoded.
/// </summary>
internal sealed class JpegSegments
{
    /// <summary>Usual progressive images have 10 scans; a small file with very many would keep the decoder busy for minutes.</summary>
    public const int MaxScans = 100;

    /// <summary>The most visits to blocks that all scans together may ask for: 64 Mi, ten full scans of the largest image.</summary>
    public const long MaxVisits = 1L << 26;

    private readonly byte[] data;
    private readonly string name;
    private readonly JpegTables tables;
    private JpegFrame? frame;
    private JpegProgress? progress;
    private int restartInterval;
    private int at;
    private bool jfif;
    private int adobeTransform = -1;

    public JpegSegments(byte[] data, string name)
    {
        this.data = data;
        this.name = name;
        tables = new(name);
        CheckSignature();
        at = 2;
        while (true)
        {
            byte marker = NextMarker();
            if (marker == JpegMarker.End) break;
            if (JpegMarker.Unsupported(marker) is { } kind)
            {
                throw Bad(at - 2, $"{kind} is not read, only Huffman-coded baseline and progressive JPEG. Save the image as one of these");
            }
            Read(marker);
        }
        if (frame is null || progress is null) throw Bad(at - 2, "the file ends without a frame: it holds no image");
        progress.CheckComplete(at - 2);
        Colors = JpegColors.Guess(frame, jfif, adobeTransform);
    }

    public JpegFrame Frame => frame!;

    public JpegColorSpace Colors { get; }

    public List<JpegScan> Scans { get; } = [];

    private void CheckSignature()
    {
        ReadOnlySpan<byte> head = data.AsSpan(0, Math.Min(data.Length, 512));
        if (head.Length == 0) throw Bad(0, "the file is empty. Fetch it again");
        if (head.StartsWith(FileSignature.Jpeg[..2])) return;
        if (head.Length == 1 && head[0] == FileSignature.Jpeg[0]) throw Bad(1, "the file ends inside the JPEG signature. Fetch it again");
        if (ForeignFile.Describe(head, "a JPEG image") is { } foreign) throw Bad(0, $"the file {foreign}");
        throw Bad(0, "the file is no JPEG image: its first bytes are not the start-of-image marker");
    }

    /// <summary>The code of the marker at the current place, and goes behind it. Bytes 0xFF may fill the place before its code.</summary>
    private byte NextMarker()
    {
        if (at < data.Length && data[at] != 0xFF) throw Bad(at, $"byte 0x{data[at]:X2} stands where a marker should begin");
        while (at < data.Length && data[at] == 0xFF) at++;
        if (at >= data.Length) throw Bad(data.Length, "the file ends before its end-of-image marker. Fetch it again");
        return data[at++];
    }

    private void Read(byte marker)
    {
        if (marker is 0 or JpegMarker.Temporary or JpegMarker.Start || JpegMarker.IsRestart(marker))
        {
            throw Bad(at - 2, $"marker 0xFF{marker:X2} does not belong here");
        }
        if (data.Length - at < 2) throw Bad(data.Length, "the file ends inside a segment. Fetch it again");
        int length = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at));
        if (length < 2) throw Bad(at, $"JPEG segment 0xFF{marker:X2} has length {length}, less than the 2 bytes of the length itself");
        if (length > data.Length - at)
        {
            throw Bad(at, $"JPEG segment 0xFF{marker:X2} of {length} bytes runs past the end of the file, "
                + $"{data.Length - at} are left. Fetch it again");
        }
        int start = at + 2;
        ReadOnlySpan<byte> body = data.AsSpan(start, length - 2);
        at += length;
        switch (marker)
        {
            case JpegMarker.Baseline or JpegMarker.Extended or JpegMarker.Progressive:
                if (frame is not null) throw Bad(start - 4, "a second frame header");
                frame = JpegFrame.Read(body, start, marker, name);
                progress = new(frame, name);
                break;
            case JpegMarker.QuantTables:
                tables.ReadSteps(body, start);
                break;
            case JpegMarker.HuffmanTables:
                tables.ReadHuffman(body, start);
                break;
            case JpegMarker.RestartInterval:
                if (body.Length != 2) throw Bad(start, $"the restart interval has {body.Length} bytes, not 2");
                restartInterval = BinaryPrimitives.ReadUInt16BigEndian(body);
                break;
            case JpegMarker.Scan:
                ReadScan(body, start);
                break;
            case JpegMarker.LineCount:
                throw Bad(start - 4, "the height is told behind the first scan (DNL), which is not read. Save the image again");
            case JpegMarker.App0:
                jfif |= body.Length >= 12 && body.StartsWith("JFIF\0"u8);
                break;
            case JpegMarker.App14:
                if (body.Length >= 12 && body.StartsWith("Adobe"u8)) adobeTransform = body[11];
                break;
            case >= JpegMarker.App0 and <= JpegMarker.App15 or JpegMarker.Comment:
                break;
            default:
                throw Bad(start - 4, $"marker 0xFF{marker:X2} is not known");
        }
    }

    private void ReadScan(ReadOnlySpan<byte> body, int start)
    {
        if (frame is null || progress is null) throw Bad(start - 4, "a scan comes before the frame header");
        if (Scans.Count == MaxScans) throw Bad(start - 4, $"more than {MaxScans} scans. Save the image with fewer");
        int count = body.IsEmpty ? 0 : body[0];
        if (count is < 1 or > 4) throw Bad(start, $"a scan of {count} components, only 1 to 4 are possible");
        if (body.Length != 4 + 2 * count)
        {
            throw Bad(start, $"the scan header has {body.Length} bytes, {count} components need {4 + 2 * count}");
        }
        int end = DataEnd(at);
        JpegPart[] parts = new JpegPart[count];
        for (int i = 0; i < count; i++)
        {
            (byte id, byte slots) = (body[1 + 2 * i], body[2 + 2 * i]);
            JpegComponent component = Array.Find(frame.Components, c => c.Id == id)
                ?? throw Bad(start + 1 + 2 * i, $"the scan names component {id}, which the frame does not have");
            if (Array.Exists(parts[..i], part => part.Component == component))
            {
                throw Bad(start + 1 + 2 * i, $"the scan names component {id} twice");
            }
            component.Steps ??= tables.Steps(component.Table)
                ?? throw Bad(start + 1 + 2 * i, $"component {id} uses quantisation table {component.Table}, which is not defined");
            parts[i] = new(component, tables.Dc(slots >> 4), tables.Ac(slots & 15));
        }
        ReadOnlySpan<byte> band = body[(1 + 2 * count)..];
        // A sequential scan sends all coefficients, whatever its header says; libjpeg reads it so, too.
        JpegScan scan = frame.Progressive
            ? new(parts, band[0], band[1], band[2] >> 4 != 0, band[2] & 15, restartInterval, at, end)
            : new(parts, 0, JpegComponent.BlockSize - 1, false, 0, restartInterval, at, end);
        progress.Accept(scan, frame.Progressive ? band[2] >> 4 : 0, start);
        Scans.Add(scan);
        at = end;
    }

    /// <summary>
    /// Where the entropy-coded data ends: at the next marker that is no restart. Stray
    /// bytes behind the last MCU are skipped so.
    /// </summary>
    private int DataEnd(int from)
    {
        for (int place = from; place < data.Length - 1; place++)
        {
            int found = data.AsSpan(place, data.Length - 1 - place).IndexOf((byte)0xFF);
            if (found < 0) break;
            place += found;
            byte code = data[place + 1];
            if (code is not (0 or 0xFF) && !JpegMarker.IsRestart(code)) return place;
        }
        throw Bad(data.Length, "the file ends before its end-of-image marker. Fetch it again");
    }

    private JpegException Bad(long offset, string problem) => new(name, offset, problem);
}
