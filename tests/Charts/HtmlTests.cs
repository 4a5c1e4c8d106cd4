using System.Xml.Linq;
using MiniGrad.Charts;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class HtmlTests
{
    [Fact]
    public void Escapes_text_and_attributes()
    {
        string html = new Html().Element("p", "a<b & 'c' > \"d\"", ("title", "\"><script>")).ToString();
        Assert.Equal("<p title=\"&quot;&gt;&lt;script&gt;\">a&lt;b &amp; &#39;c&#39; &gt; &quot;d&quot;</p>", html);
    }

    [Theory]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("a\u001Fb", "a\uFFFDb")]
    [InlineData("\uFFFF", "\uFFFD")]
    [InlineData("\uD83E\uDDA2", "\uD83E\uDDA2")]
    [InlineData("p\u2080 \u2212 \u03B4", "p\u2080 \u2212 \u03B4")]
    public void Replaces_what_xml_cannot_hold(string text, string expected) =>
        Assert.Equal(expected, XDocument.Parse(new Html().Element("p", text).ToString()).Root!.Value);

    // Not inline data: an attribute cannot carry half a surrogate pair.
    [Fact]
    public void Replaces_half_a_surrogate_pair() =>
        Assert.Equal("<p>a\uFFFDb\uFFFD</p>", new Html().Element("p", "a\uD800b\uDC00").ToString());

    [Fact]
    public void Leaves_out_null_attributes() =>
        Assert.Equal("<img alt=\"\"/>", new Html().Empty("img", ("class", null), ("alt", "")).ToString());

    [Fact]
    public void Refuses_unbalanced_elements()
    {
        Assert.Throws<InvalidOperationException>(() => new Html().Close());
        Html open = new Html().Open("p");
        Assert.Contains("<p>", Assert.Throws<InvalidOperationException>(open.ToString).Message);
    }
}
