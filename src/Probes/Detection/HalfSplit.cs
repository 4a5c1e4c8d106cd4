namespace MiniGrad.Probes.Detection;

/// <summary>
/// A random split of examples into a half to calibrate on and a half to test on. All versions of one image stay
/// together, and images with equally many natural and perturbed versions are dealt out in turn, so that the halves have
/// like shares of both.
/// </summary>
internal sealed record HalfSplit(int[] Calibration, int[] Test)
{
    /// <summary>
    /// The indices of the two halves, ascending. <paramref name="images"/> names the image that each example is a version
    /// of; empty means that all differ.
    /// </summary>
    public static HalfSplit Of(ReadOnlySpan<bool> isPerturbed, Rng rng, ReadOnlySpan<int> images = default)
    {
        ImageVersions.Check(isPerturbed.Length, images);
        SortedDictionary<int, List<int>> versions = [];
        for (int i = 0; i < isPerturbed.Length; i++)
        {
            int image = images.IsEmpty ? i : images[i];
            if (!versions.TryGetValue(image, out List<int>? members)) versions[image] = members = [];
            members.Add(i);
        }
        SortedDictionary<(int Natural, int Perturbed), List<List<int>>> kinds = [];
        foreach (List<int> members in versions.Values)
        {
            int perturbed = 0;
            foreach (int i in members) if (isPerturbed[i]) perturbed++;
            (int, int) kind = (members.Count - perturbed, perturbed);
            if (!kinds.TryGetValue(kind, out List<List<int>>? alike)) kinds[kind] = alike = [];
            alike.Add(members);
        }
        return Deal(kinds.Values, rng);
    }

    private static HalfSplit Deal(IEnumerable<List<List<int>>> kinds, Rng rng)
    {
        List<int> calibration = [];
        List<int> test = [];
        (int kind, int dealt) = (0, 0);
        foreach (List<List<int>> alike in kinds)
        {
            // The turn runs on across kinds, so that odd counts even out.
            foreach (int k in rng.At(kind++).Permutation(alike.Count))
                (dealt++ % 2 == 0 ? calibration : test).AddRange(alike[k]);
        }
        calibration.Sort();
        test.Sort();
        return new([.. calibration], [.. test]);
    }
}
