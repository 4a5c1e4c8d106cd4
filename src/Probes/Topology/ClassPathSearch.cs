namespace MiniGrad.Probes.Topology;

/// <summary>
/// The search for many paths at once: in each round every pair that is still open has its deepest pieces split, and all their points
/// go through the network together. What becomes of a pair depends on it alone.
/// </summary>
internal sealed class ClassPathSearch(ClassPaths settings, RegionView view, RegionEntry entry)
{
    /// <summary>
    /// Pieces of a pair that are split in one round, the deepest first: where all pieces leave the region again, a search that split
    /// all would look at 2^depth of them before it failed.
    /// </summary>
    private const int Together = 8;

    public void Run(Walk[] walks, RunContext run)
    {
        Begin(walks, run);
        for (Walk[] going = Going(walks); going.Length > 0; going = Going(walks))
        {
            Verify([.. going.Where(walk => walk.Open.Count == 0)]);
            Split([.. going.Where(walk => walk.Status is null).SelectMany(walk => walk.Next(Together))]);
            run.Progress?.Report(new(run.FirstIndex, walks.Length, walks.Count(walk => walk.Status is not null), walks.Length));
        }
    }

    private static Walk[] Going(Walk[] walks) => [.. walks.Where(walk => walk.Status is null)];

    /// <summary>Looks at both ends, then at the straight line.</summary>
    private void Begin(Walk[] walks, RunContext run)
    {
        int[] ends = new int[2 * walks.Length];
        view.Look(ends.Length, q => walks[q / 2].Pair,
            (q, point) => (q % 2 == 0 ? walks[q / 2].Start : walks[q / 2].End).CopyTo(point),
            (q, logits) =>
            {
                ends[q] = Logits.Top(logits);
                walks[q / 2].PointMargin = Math.Min(walks[q / 2].PointMargin, Margin(logits, ends[q]));
            }, "an end");
        foreach ((Walk walk, int k) in walks.Select((walk, k) => (walk, k)))
        {
            if (walk.Class >= 0 && walk.Class != ends[2 * k])
            {
                Throw.Argument($"class paths: pair {run.FirstIndex + walk.Pair}: its start is seen as class {ends[2 * k]}, not as "
                    + $"{walk.Class}. Choose pairs by the predictions of this network.");
            }
            if (ends[2 * k] != ends[2 * k + 1])
            {
                Throw.Argument($"class paths: pair {run.FirstIndex + walk.Pair}: its ends are seen as classes {ends[2 * k]} and "
                    + $"{ends[2 * k + 1]}. A path lies in the region of one class: give two points of one predicted class.");
            }
            walk.Begin(ends[2 * k]);
        }
        Piece[] chords = [.. walks.Select(walk => walk.Chord)];
        Look(chords, settings.Samples);
        foreach (Piece chord in chords)
        {
            chord.Walk.ChordPurity = (double)chord.Inside / settings.Samples;
            chord.Walk.Take(chord, chord.Inside == settings.Samples);
        }
    }

    /// <summary>Looks at paths that seem found with more samples; their gaps are open again.</summary>
    private void Verify(Walk[] walks)
    {
        int samples = ClassPaths.Recheck * settings.Samples;
        Piece[] pieces = [.. walks.SelectMany(walk => walk.Done.Where(piece => !piece.IsVerified))];
        Look(pieces, samples);
        foreach (Walk walk in walks)
        {
            foreach (Piece piece in pieces.Where(piece => piece.Walk == walk))
            {
                piece.IsVerified = piece.Inside == samples;
                if (!piece.IsVerified) walk.Reopen(piece);
            }
            if (walk.Open.Count == 0) walk.Status = PathStatus.Found;
            else if (walk.Open.Any(piece => piece.Level >= settings.Depth)) walk.FailForDepth(settings.Pushes.Count);
        }
        Measure(walks.Where(walk => walk.Status == PathStatus.Found));
    }

    /// <summary>The margins at the anchors of paths that were found.</summary>
    private void Measure(IEnumerable<Walk> found)
    {
        (Walk Walk, double[] Point)[] anchors = [.. found.SelectMany(walk => walk.Anchors().Select(point => (walk, point)))];
        view.Look(anchors.Length, k => anchors[k].Walk.Pair, (k, point) => anchors[k].Point.CopyTo(point),
            (k, logits) => anchors[k].Walk.PointMargin = Math.Min(anchors[k].Walk.PointMargin, Margin(logits, anchors[k].Walk.Class)),
            "an anchor");
    }

    /// <summary>Splits pieces at their midpoints, moved into the region, and looks at the halves.</summary>
    private void Split(Piece[] pieces)
    {
        double[][] middles = [.. pieces.Select(piece => piece.At(0.5))];
        int[] labels = new int[pieces.Length];
        view.Look(pieces.Length, k => pieces[k].Walk.Pair, (k, point) => middles[k].CopyTo(point),
            (k, logits) => labels[k] = Logits.Top(logits), "a midpoint");
        double[]?[] anchors = entry.Enter([.. pieces.Select((piece, k) => new EntryTask(
            piece.Walk.Pair, middles[k], labels[k], piece.Walk.Class, settings.Pushes[piece.Walk.Attempt]))]);
        for (int k = 0; k < pieces.Length; k++)
        {
            if (anchors[k] is null) pieces[k].Walk.Fail(PathStatus.Projection);
        }
        List<Piece> halves = [];
        for (int k = 0; k < pieces.Length; k++)
        {
            if (pieces[k].Walk.Status is null) halves.AddRange(pieces[k].Halves(anchors[k]!));
        }
        foreach (IGrouping<bool, Piece> group in halves.GroupBy(half => half.Walk.IsRefining).ToArray())
        {
            int samples = group.Key ? ClassPaths.Recheck * settings.Samples : settings.Samples;
            Piece[] looked = [.. group];
            Look(looked, samples);
            foreach (Piece half in looked)
            {
                // A walk that has begun again has no use for the rest of what it did before.
                if (half.Attempt != half.Walk.Attempt || half.Walk.Status is not null) continue;
                bool isPure = half.Inside == samples;
                half.IsVerified = isPure && group.Key;
                half.Walk.Take(half, isPure);
                if (!isPure && half.Level >= settings.Depth) half.Walk.FailForDepth(settings.Pushes.Count);
            }
        }
    }

    /// <summary>Counts the samples inside each piece that lie in the region, and notes the lowest margin among them.</summary>
    private void Look(Piece[] pieces, int samples)
    {
        foreach (Piece piece in pieces) (piece.Inside, piece.LowestMargin) = (0, double.PositiveInfinity);
        view.Look(checked(pieces.Length * samples), q => pieces[q / samples].Walk.Pair,
            (q, point) => pieces[q / samples].Write((q % samples + 1.0) / (samples + 1), point),
            (q, logits) =>
            {
                Piece piece = pieces[q / samples];
                if (Logits.Top(logits) == piece.Walk.Class) piece.Inside++;
                piece.LowestMargin = Math.Min(piece.LowestMargin, Margin(logits, piece.Walk.Class));
            }, "a sample of a path");
    }

    private static double Margin(ReadOnlySpan<double> logits, int label)
    {
        double other = double.NegativeInfinity;
        for (int k = 0; k < logits.Length; k++)
        {
            if (k != label) other = Math.Max(other, logits[k]);
        }
        return logits[label] - other;
    }
}
