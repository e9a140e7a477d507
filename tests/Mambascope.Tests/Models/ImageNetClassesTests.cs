using System.Security.Cryptography;
using System.Text;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

public sealed class ImageNetClassesTests
{
    [Theory]
    [InlineData(0, "n01440764", "tench, Tinca tinca")]
    [InlineData(1, "n01443537", "goldfish, Carassius auratus")]
    [InlineData(134, "n02012849", "crane")]
    [InlineData(207, "n02099601", "golden retriever")]
    [InlineData(243, "n02108422", "bull mastiff")]
    [InlineData(281, "n02123045", "tabby, tabby cat")]
    [InlineData(285, "n02124075", "Egyptian cat")]
    [InlineData(340, "n02391049", "zebra")]
    [InlineData(386, "n02504458", "African elephant, Loxodonta africana")]
    [InlineData(517, "n03126707", "crane")]
    [InlineData(656, "n03770679", "minivan")]
    [InlineData(817, "n04285008", "sports car, sport car")]
    [InlineData(933, "n07697313", "cheeseburger")]
    [InlineData(999, "n15075141", "toilet tissue, toilet paper, bathroom tissue")]
    public void Well_known_classes_stand_where_models_expect_them(int index, string synset, string label)
    {
        Assert.Equal(synset, ImageNetClasses.Synsets[index]);
        Assert.Equal(label, ImageNetClasses.Labels[index]);
        Assert.Equal(index, ImageNetClasses.Find(synset));
    }

    [Fact]
    public void There_are_a_thousand_ascending_synsets_with_words()
    {
        Assert.Equal(1000, ImageNetClasses.Synsets.Count);
        Assert.Equal(ImageNetClasses.Synsets.Order(StringComparer.Ordinal), ImageNetClasses.Synsets);
        Assert.Equal(1000, ImageNetClasses.Synsets.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ImageNetClasses.Synsets, synset => Assert.True(ImageNetClasses.IsSynset(synset), synset));
        Assert.All(ImageNetClasses.Labels, label => Assert.Matches("^[A-Za-z]", label));
        // Two cranes, two maillots.
        Assert.Equal(998, ImageNetClasses.Labels.Select(label => label.Split(',')[0]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void The_synsets_never_change()
        => Assert.Equal(
            "70002b0ff5de60a3a17a82dbfcff291931f96225ddf941ad2e182fc39e183d15",
            Convert.ToHexStringLower(
                SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(ImageNetClasses.Synsets.Select(synset => synset + "\n"))))));

    [Theory]
    [InlineData("n00000000")]
    [InlineData("n01440765")]
    [InlineData("tench")]
    public void Other_synsets_are_not_found(string synset) => Assert.Null(ImageNetClasses.Find(synset));

    [Fact]
    public void A_model_of_1000_classes_without_labels_gets_ImageNets()
    {
        var labels = ClassLabels.Of(new Dictionary<int, string>(), 1000, "test");
        Assert.True(labels.Any);
        Assert.Equal("tabby, tabby cat", labels[281]);
        Assert.Equal(281, labels.Find("tabby cat"));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    [InlineData(8)]
    public void Other_models_without_labels_stay_without(int classes)
    {
        var labels = ClassLabels.Of(new Dictionary<int, string>(), classes, "test");
        Assert.False(labels.Any);
        Assert.Equal("class 1", labels[1]);
    }

    [Fact]
    public void Labels_of_its_own_stay()
    {
        var labels = ClassLabels.Of(new Dictionary<int, string> { [3] = "benign" }, 1000, "test");
        Assert.Equal("benign", labels[3]);
        Assert.Equal("class 0", labels[0]);
    }
}
