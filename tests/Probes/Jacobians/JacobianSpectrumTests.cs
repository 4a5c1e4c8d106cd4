using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using MiniGrad.Probes.Jacobians;
using MiniGrad.Probes.NullSpaces;
using Xunit;

namespace MiniGrad.Tests.Probes.Jacobians;

/// <summary>Singular values of Jacobians that are known.</summary>
public class JacobianSpectrumTests
{
    private static readonly Shape Shape = [1, 4, 4];
    private static readonly Tensor Images = ClosedForm.Images(5, Shape, 4, DType.F64);
    private static readonly double[] Sigma = [7, 3, 3, 0.5, 1e-6];

    [Fact]
    public void OfALinearClassifierTheyAreThoseOfItsWeights()
    {
        (double[][] left, double[][] right) = (Orthonormal(5, 5, 1), Orthonormal(5, 16, 2));
        double[][] w = Product(left, right);
        Classifier classifier = ClosedForm.Linear(w, new double[5], Shape);
        RunContext run = new() { ChunkSize = 2 };
        foreach (JacobianSpectrum.Row row in new JacobianSpectrum().MeasureAll(classifier, Images, new int[5], run))
        {
            for (int k = 0; k < 5; k++) Assert.Equal(Sigma[k], row.Sigma[k], 1e-8);
            double square = Sigma.Sum(s => s * s);
            Assert.Equal(Math.Sqrt(square), row.Frobenius, 1e-8);
            Assert.Equal(square / 49, row.StableRank, 1e-8);
            Assert.Equal(0, row.CentredSigma[4], 1e-8);
            double[] mean = [.. Enumerable.Range(0, 16).Select(i => w.Average(line => line[i]))];
            Assert.Equal(Math.Sqrt(w.Sum(line => line.Zip(mean, (a, b) => (a - b) * (a - b)).Sum())), row.CentredFrobenius, 1e-8);
        }
        Svd svd = JacobianSpectrum.Decompose(classifier, Images)[3];
        foreach (int k in (int[])[0, 3, 4]) Assert.Equal(1, Math.Abs(ClosedForm.Dot(svd.Right[k], right[k])), 1e-8);
        // The two equal ones span what they are to span.
        Assert.Equal(2, svd.Right[1..3].Sum(v => right[1..3].Sum(r => Math.Pow(ClosedForm.Dot(v, r), 2))), 1e-8);
    }

    [Fact]
    public void TallMatricesHaveTheSameValues()
    {
        double[][] wide = Product(Orthonormal(5, 5, 1), Orthonormal(5, 16, 2));
        double[][] tall = [.. Enumerable.Range(0, 16).Select(i => Array.ConvertAll(wide, row => row[i]))];
        (Svd a, Svd b) = (Svd.Of(wide), Svd.Of(tall));
        for (int k = 0; k < 5; k++)
        {
            Assert.Equal(Sigma[k], a.Values[k], 1e-8);
            Assert.Equal(Sigma[k], b.Values[k], 1e-8);
            Assert.Equal((16, 5), (a.Right[k].Length, b.Right[k].Length));
        }
        Svd zero = Svd.Of([new double[4], new double[4]]);
        Assert.Equal([0, 0], zero.Values);
        Assert.True(double.IsNaN(zero.StableRank));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(41)]
    public void EigenvectorsAreOnes(int size)
    {
        double[] matrix = new Rng(6).Normal(size * size);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j];
        }
        (double[] values, double[][] vectors) = SymmetricEigenvalues.WithVectors([.. matrix], size);
        double[] alone = SymmetricEigenvalues.Of([.. matrix], size);
        for (int k = 0; k < size; k++)
        {
            Assert.Equal(alone[size - 1 - k], values[k], 1e-12);
            for (int i = 0; i < size; i++)
            {
                Assert.Equal(values[k] * vectors[k][i], ClosedForm.Dot(matrix[(i * size)..((i + 1) * size)], vectors[k]), 1e-11);
                Assert.Equal(i == k ? 1 : 0, ClosedForm.Dot(vectors[i], vectors[k]), 1e-12);
            }
        }
    }

    [Fact]
    public void TheFirstVectorPointsToTheBoundaryOfTwoClasses()
    {
        double[] w = new Rng(31).Normal(16);
        Classifier classifier = ClosedForm.Linear(w, w.Sum(v => Math.Max(0, -v)) + 0.3, Shape);
        JacobianSpectrum.Row row = new JacobianSpectrum().Measure(classifier, Images.TakeIndices(0, [2]), 0, new Rng(0));
        Assert.Equal(1, row.Cosine, 1e-9);
        Assert.Equal(1, row.CentredCosine, 1e-9);
        Assert.Equal(ClosedForm.Norm(w), row.Sigma[0], 1e-9);
        Assert.Equal(ClosedForm.Norm(w) / Math.Sqrt(2), row.CentredSigma[0], 1e-9);
        Assert.True(double.IsNaN(new JacobianSpectrum(false).Measure(classifier, Images.TakeIndices(0, [2]), 0, new Rng(0)).Cosine));
        JacobianSpectrum.Row flat = new JacobianSpectrum().MeasureAll(ClosedForm.Constant([1, 0], Shape), Images, new int[5])[0];
        Assert.Equal([0, 0], flat.Sigma);
        Assert.True(double.IsNaN(flat.StableRank) && double.IsNaN(flat.Cosine));
    }

    [Fact]
    public void WhatIsNotFiniteIsNamed()
    {
        Classifier classifier = ClosedForm.NanBeyond(ClosedForm.TwoLayer(Shape, 3), 0);
        Assert.Contains("image 0 is not finite",
            Assert.Throws<NumericalException>(() => new JacobianSpectrum(false).MeasureAll(classifier, Images, new int[5])).Message,
            StringComparison.Ordinal);
    }

    private static double[][] Product(double[][] left, double[][] right) => [.. Enumerable.Range(0, 5).Select(i =>
        Enumerable.Range(0, 16).Select(j => Enumerable.Range(0, 5).Sum(k => left[k][i] * Sigma[k] * right[k][j])).ToArray())];

    private static double[][] Orthonormal(int count, int size, long seed)
    {
        OrthonormalRows rows = new(size);
        for (int k = 0; k < count; k++) rows.Add(new Rng(seed).At(k).Normal(size));
        return [.. rows.Rows];
    }
}
