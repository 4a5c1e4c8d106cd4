namespace MiniGrad.Probes.Attacks;

/// <summary>What a row's linearised boundary is.</summary>
internal enum PlaneKind
{
    /// <summary>A hyperplane.</summary>
    Plane,

    /// <summary>All gradients vanish.</summary>
    Flat,

    /// <summary>Logits or gradients are not finite.</summary>
    Undefined,
}

/// <summary>The linearised boundary of each row at a point: f_j − f_i there, and its gradient, in borrowed memory.</summary>
internal readonly ref struct FabPlanes(double[] values, RowBuffer<double> normals, PlaneKind[] kinds) : IDisposable
{
    /// <summary>f_j − f_i.</summary>
    public double[] Values { get; } = values;

    /// <summary>What each row's boundary is.</summary>
    public PlaneKind[] Kinds { get; } = kinds;

    private readonly RowBuffer<double> normals = normals;

    /// <summary>The gradient of a row's f_j − f_i.</summary>
    public ReadOnlySpan<double> Normal(int row)
    {
        int size = normals.Count / Values.Length;
        return normals.Span.Slice(row * size, size);
    }

    public void Dispose() => normals.Dispose();

    /// <summary>
    /// To the nearest of all classes, argmin |f_j − f_i| / ‖∇(f_j − f_i)‖ in the dual norm, or to the class of one place among
    /// <paramref name="classes"/>. A goal that is a class to reach is reached from the highest of the others.
    /// </summary>
    public static FabPlanes At(SearchRows rows, Tensor points, int[][] classes, int? place, Threat norm, double flat)
    {
        int[] left = rows.Goal.Classes;
        int[][] towards = place is { } one ? Array.ConvertAll(classes, all => new[] { all[one] }) : classes;
        (Tensor logits, Tensor[] gradients) = rows.Query.Pull(points, values =>
        {
            if (rows.Goal.IsTargeted) left = HighestOther(values, rows.Goal.Classes);
            return [.. Enumerable.Range(0, towards[0].Length)
                .Select(k => Logits.MarginCotangent(values, Array.ConvertAll(towards, all => all[k]), left))];
        });
        Tensor normals = gradients.Length == 1 ? gradients[0] : Ops.Concat(gradients, 0);
        using RowBuffer<double> lengths = norm is L2 ? Rows.L2(normals) : norm is Linf ? Rows.L1(normals) : Rows.Linf(normals);
        using RowBuffer<double> z = Rows.Read(logits);
        (double[] gaps, int[] chosen, PlaneKind[] kinds) = (new double[rows.Count], new int[rows.Count], new PlaneKind[rows.Count]);
        for (int i = 0; i < rows.Count; i++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(i * logits.Shape[1], logits.Shape[1]);
            bool isFinite = Logits.AreFinite(line);
            (int best, double distance) = (-1, double.PositiveInfinity);
            for (int k = 0; isFinite && k < towards[i].Length; k++)
            {
                double length = lengths[k * rows.Count + i];
                isFinite = double.IsFinite(length);
                if (!(length >= flat)) continue;
                double there = Math.Abs(line[towards[i][k]] - line[left[i]]) / length;
                if (there < distance) (distance, best) = (there, k);
            }
            kinds[i] = !isFinite ? PlaneKind.Undefined : best < 0 ? PlaneKind.Flat : PlaneKind.Plane;
            if (kinds[i] != PlaneKind.Plane) continue;
            chosen[i] = best * rows.Count + i;
            gaps[i] = line[towards[i][best]] - line[left[i]];
        }
        return new(gaps, Rows.Read(gradients.Length == 1 ? normals : normals.TakeIndices(0, chosen)), kinds);
    }

    /// <summary>The largest logit of each row but that of its class, the first of equals.</summary>
    private static int[] HighestOther(Tensor logits, int[] classes)
    {
        using RowBuffer<double> z = Rows.Read(logits);
        int[] highest = new int[classes.Length];
        for (int i = 0; i < highest.Length; i++)
        {
            Span<double> line = z.Span.Slice(i * logits.Shape[1], logits.Shape[1]);
            line[classes[i]] = double.NegativeInfinity;
            highest[i] = Logits.Top(line);
        }
        return highest;
    }
}
