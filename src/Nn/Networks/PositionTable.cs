namespace MiniGrad.Nn.Networks;

/// <summary>
/// A transformer's table of positions, [.., tokens, width], which fixes the image size: square patches in a row and a column
/// each <c>step</c> pixels, behind <c>extra</c> tokens that are no patches. It is not interpolated.
/// </summary>
/// <param name="Name">What the network's home calls the table.</param>
/// <param name="Patches">What it calls the weight [width, channels, ..] that makes tokens of pixels.</param>
/// <param name="Step">Pixels from one patch to the next.</param>
/// <param name="Extra">Tokens before the first patch.</param>
internal sealed record PositionTable(string Name, string Patches, int Step, int Extra)
{
    /// <summary>Without an image shape in the settings, the square one that the file's positions and patches are for.</summary>
    public ModelSettings Sized(Params p, Shape usual, ModelSettings settings)
    {
        if (settings.Image is not null || p.Stored(Name) is not { Rank: > 1 } stored) return settings;
        int channels = p.Stored(Patches) is { Rank: 4 } patches ? patches[1] : usual[0];
        int count = stored[-2] - Extra;
        int side = (int)Math.Round(Math.Sqrt(Math.Max(0, count)));
        return side is > 0 and < 1024 && side * side == count && channels > 0
            ? settings with { Image = [channels, side * Step, side * Step] }
            : settings;
    }

    /// <summary>Refuses a file whose table has the width of this network but is for other images.</summary>
    /// <exception cref="WeightsException">It does not have as many patches as the images make.</exception>
    public void Check(Params p, Shape image, int patches, int width)
    {
        if (p.Stored(Name) is not { Rank: > 1 } stored || stored[-2] == patches + Extra || stored[-1] != width) return;
        throw new WeightsException(
            $"weights: images of {image[1]} x {image[2]} make {patches} patches, the file has positions for {stored[-2] - Extra}; "
            + "position tables are not interpolated. "
            + "Give images of the size that the weights were trained on.");
    }
}
