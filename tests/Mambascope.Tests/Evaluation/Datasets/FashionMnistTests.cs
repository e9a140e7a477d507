using Mambascope.Evaluation.Datasets;
using Xunit;

namespace Mambascope.Tests.Evaluation.Datasets;

public sealed class FashionMnistTests
{
    [Fact]
    public void The_library_carries_ten_thousand_test_garments_a_thousand_of_each_class()
    {
        var test = FashionMnist.Test;
        Assert.Equal(10_000, test.Count);
        for (var label = 0; label < 10; label++)
        {
            Assert.Equal(1_000, Enumerable.Range(0, test.Count).Count(i => test.Label(i) == label));
        }

        Assert.Equal("Ankle boot", FashionMnist.ClassNames[test.Label(0)]);
    }

    [Fact]
    public void Every_test_garment_has_ink()
    {
        for (var i = 0; i < FashionMnist.Test.Count; i++)
        {
            Assert.True(FashionMnist.Test.Image(i).ContainsAnyExceptInRange((byte)0, (byte)63), $"garment {i} is empty");
        }
    }

    [Fact]
    public void A_folder_without_the_files_is_bad_input_that_names_the_package()
    {
        var error = Assert.Throws<BadInputException>(() => FashionMnist.Train("/nowhere"));
        Assert.Contains("dataset-fashion-mnist", error.Message, StringComparison.Ordinal);
    }
}
