using System.Text;
using MiniGrad.Data;
using MiniGrad.Formats.Images;
using MiniGrad.Lab;
using MiniGrad.Lab.Models;
using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab.Models;

/// <summary>Photos in one folder get their class from their name.</summary>
public sealed class SamplePhotosTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private string Root => Path.GetDirectoryName(folder["x"])!;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ClassesFollowFromNames()
    {
        Index();
        Photo("n00000002_dog.png", 10, 20, 30);
        Photo("n00000001_cat_2.PNG", 40, 50, 60);
        folder.Put("notes.txt", [1]);
        ImageDataSet photos = SamplePhotos.Load(Root);
        Assert.Equal((2, 3, 224, 224), (photos.Count, photos.Channels, photos.Height, photos.Width));
        Assert.Equal([0, 1], photos.Labels);
        Assert.Equal(["cat", "dog", "goose"], photos.ClassNames);
        // Planes of red, green and blue.
        Assert.Equal([40, 50, 60, 10, 20, 30], Enumerable.Range(0, 6).Select(plane => (int)photos.Pixels[plane * 224 * 224 + 77]));
    }

    [Fact]
    public void WhatIsMissingIsNamed()
    {
        Assert.Contains("imagenet_class_index.json is not there. Put photos", Refused(), StringComparison.Ordinal);
        Index();
        Assert.Contains("holds no photos. Name them by the id of their class", Refused(), StringComparison.Ordinal);
        Photo("n00000009_cow.png", 1, 2, 3);
        Assert.Contains("the index of classes has no id n00000009", Refused(), StringComparison.Ordinal);
    }

    private string Refused() => Assert.Throws<InputException>(() => SamplePhotos.Load(Root)).Message;

    private void Index() => folder.Put("imagenet_class_index.json", Encoding.UTF8.GetBytes(
        """{"0": ["n00000001", "cat"], "1": ["n00000002", "dog"], "2": ["n00000003", "goose"]}"""));

    private void Photo(string name, byte red, byte green, byte blue) => folder.Put(name, Png.Encode(new(2, 2, 3,
        [red, green, blue, red, green, blue, red, green, blue, red, green, blue])));
}
