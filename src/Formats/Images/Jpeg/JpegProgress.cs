namespace MiniGrad.Formats.Images;

/// <summary>
/// Which coefficients the scans have sent so far. Refuses scans that do not continue what came before (T.81, G.1.1.1),
/// that lack a table, or whose bytes are too few for their blocks.
/// </summary>
internal sealed class JpegProgress(JpegFrame frame, string name)
{
    private const int MaxBlocksInMcu = 10;
    private const int MaxLow = 13;

    private long visits;

    /// <param name="scan">The next scan.</param>
    /// <param name="high">The bit position down to which its header says that earlier scans sent the coefficients.</param>
    /// <param name="place">Where its header lies in the file.</param>
    public void Accept(JpegScan scan, int high, int place)
    {
        CheckBand(scan, high, place);
        foreach (JpegPart part in scan.Parts)
        {
            CheckTables(scan, part, place);
            Advance(scan, part.Component, high, place);
        }
        CheckSize(scan, place);
    }

    public void CheckComplete(int place)
    {
        if (Array.Find(frame.Components, c => c.SentDownTo[0] < 0) is { } missing)
        {
            throw Bad(place, $"no scan holds component {missing.Id}. Fetch the file again");
        }
    }

    private void CheckBand(JpegScan scan, int high, int place)
    {
        bool band = scan.First == 0
            ? scan.Last == 0 || !frame.Progressive
            : scan.First <= scan.Last && scan.Last < JpegComponent.BlockSize && scan.Parts.Length == 1;
        if (!band)
        {
            throw Bad(place, $"a progressive scan sends coefficients {scan.First} to {scan.Last} of {scan.Parts.Length} "
                + "components, which is not possible");
        }
        if (scan.Low > MaxLow || (scan.Refines && high != scan.Low + 1))
        {
            throw Bad(place, $"a progressive scan goes from bit {high} to bit {scan.Low}, which is not possible");
        }
        int blocks = 0;
        foreach (JpegPart part in scan.Parts) blocks += part.Component.Across * part.Component.Down;
        if (scan.Parts.Length > 1 && blocks > MaxBlocksInMcu)
        {
            throw Bad(place, $"a scan interleaves {blocks} blocks, at most {MaxBlocksInMcu} are possible");
        }
    }

    private void CheckTables(JpegScan scan, JpegPart part, int place)
    {
        bool dc = scan.First == 0 && !scan.Refines;
        bool ac = scan.Last > 0;
        if (dc && part.Dc is null)
        {
            throw Bad(place, $"the scan of component {part.Component.Id} uses a DC Huffman table that is not defined");
        }
        if (ac && part.Ac is null)
        {
            throw Bad(place, $"the scan of component {part.Component.Id} uses an AC Huffman table that is not defined");
        }
    }

    private void Advance(JpegScan scan, JpegComponent component, int high, int place)
    {
        if (scan.First > 0 && component.SentDownTo[0] < 0)
        {
            throw Bad(place, $"a scan of component {component.Id} comes before the scan of its means (DC)");
        }
        int expected = scan.Refines ? high : -1;
        for (int k = scan.First; k <= scan.Last; k++)
        {
            if (component.SentDownTo[k] != expected)
            {
                throw Bad(place, $"a scan sends coefficient {k} of component {component.Id} again or out of turn");
            }
            component.SentDownTo[k] = (sbyte)scan.Low;
        }
    }

    private void CheckSize(JpegScan scan, int place)
    {
        long blocks = 0;
        JpegComponent single = scan.Parts[0].Component;
        if (scan.Parts.Length == 1)
        {
            blocks = (long)single.BlocksWide * single.BlocksHigh;
        }
        else
        {
            foreach (JpegPart part in scan.Parts)
            {
                blocks += (long)frame.McusWide * frame.McusHigh * part.Component.Across * part.Component.Down;
            }
        }
        visits += blocks;
        if (visits > JpegSegments.MaxVisits)
        {
            throw Bad(place, $"the scans of a {frame.Width} x {frame.Height} image visit more than {JpegSegments.MaxVisits} "
                + "blocks. Save it with fewer scans");
        }
        // The shortest code has one bit: a block needs two of them, or one where only its mean
        // is sent. Runs of empty bands need almost none.
        int bits = !frame.Progressive ? 2 : scan.First == 0 ? 1 : 0;
        long present = scan.End - scan.Start;
        if (blocks * bits > present * 8)
        {
            throw Bad(scan.Start,
                $"{present} bytes of image data cannot hold the {blocks} blocks of a {frame.Width} x {frame.Height} image. "
                + "The size is wrong or the file is cut short");
        }
    }

    private JpegException Bad(long offset, string problem) => new(name, offset, problem);
}
