namespace MiniGrad.Probes.Detection;

/// <summary>The optional list that says which image each example is a version of.</summary>
internal static class ImageVersions
{
    public static void Check(int examples, ReadOnlySpan<int> images)
    {
        if (!images.IsEmpty && images.Length != examples)
            Throw.Argument($"detection: {images.Length} image numbers for {examples} examples. Give one each, or none at all.");
    }
}
