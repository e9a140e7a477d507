using Mambascope.Imaging;
using Mambascope.Numerics;
using Mambascope.Training;
using Xunit;

namespace Mambascope.Tests.Training.Data;

public sealed class PictureDataTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mambascope-test-").FullName;
    private readonly Workers workers = new(2);
    private readonly TrainingOptions options = new() { Decode = path => ImageFile.Decode(path) };

    public void Dispose()
    {
        workers.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_folder_for_each_class_is_split_alike_in_every_class()
    {
        ShapeFolders.Write(folder, 80);
        var data = Load(new() { Data = folder, ValidationShare = 0.25, TestShare = 0.25 });
        Assert.Equal(["cross", "disc", "square", "triangle"], data.ClassNames);
        var (train, validation, test) = (data.Train.CountsOf(4), data.Validation.CountsOf(4), data.Test!.CountsOf(4));
        for (var k = 0; k < 4; k++)
        {
            var all = train[k] + validation[k] + test[k];
            Assert.Equal(Directory.GetFiles(Path.Combine(folder, data.ClassNames[k])).Length, all);
            Assert.InRange(validation[k], (all / 4) - 1, (all / 4) + 1);
            Assert.Equal(validation[k], test[k]);
        }

        Assert.Equal("28 x 28 pixels", data.InputWords);
        Assert.Equal(data.Fingerprint, Load(new() { Data = folder, ValidationShare = 0.25, TestShare = 0.25 }).Fingerprint);
        Assert.NotEqual(
            data.Fingerprint, Load(new() { Data = folder, ValidationShare = 0.25, TestShare = 0.25, Seed = 2 }).Fingerprint);
    }

    [Fact]
    public void Folders_called_train_val_and_test_are_the_split()
    {
        ShapeFolders.Write(Path.Combine(folder, "train"), 24);
        ShapeFolders.Write(Path.Combine(folder, "val"), 12);
        ShapeFolders.Write(Path.Combine(folder, "test"), 8);
        var data = Load(new() { Data = folder });
        Assert.Equal((24, 12, 8), (data.Train.Count, data.Validation.Count, data.Test!.Count));
        Assert.Contains("12 of 12 validation pictures", data.Remarks[0], StringComparison.Ordinal);
        Assert.Contains("8 of 8 test pictures", data.Remarks[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_only_another_split_has_is_refused()
    {
        ShapeFolders.Write(Path.Combine(folder, "train"), 24);
        Directory.CreateDirectory(Path.Combine(folder, "val", "ring"));
        File.Copy(
            Directory.GetFiles(Path.Combine(folder, "train", "disc"))[0], Path.Combine(folder, "val", "ring", "a.png"));
        Refused(new() { Data = folder }, "ring", "same classes");
    }

    [Fact]
    public void Data_that_cannot_be_learned_from_is_refused_in_one_line()
    {
        Refused(new() { Data = Path.Combine(folder, "absent") }, "absent", "no such folder");
        Refused(new() { Data = folder }, "folder for each class");
        ShapeFolders.Write(folder, 24);
        Refused(new() { Data = folder, ClassNames = ["a", "b"] }, "4 classes", "2 names");
        Refused(new() { Data = "shapes:many" }, "shapes:COUNT");
        File.WriteAllText(Path.Combine(folder, "disc", "bad.png"), "no picture");
        Refused(new() { Data = folder }, "bad.png");
        File.Delete(Path.Combine(folder, "disc", "bad.png"));
        foreach (var name in new[] { "cross", "square", "triangle" })
        {
            Directory.Delete(Path.Combine(folder, name), recursive: true);
        }

        Refused(new() { Data = folder }, "one class only");
        Directory.CreateDirectory(Path.Combine(folder, "ring"));
        File.Copy(Directory.GetFiles(Path.Combine(folder, "disc"))[0], Path.Combine(folder, "ring", "a.png"));
        Refused(new() { Data = folder }, "ring", "1 case");
    }

    private PictureData Load(TrainingSettings settings) => PictureData.Read(settings, options, workers);

    private void Refused(TrainingSettings settings, params string[] words)
    {
        var message = Assert.Throws<BadInputException>(() => Load(settings)).Message;
        Assert.DoesNotContain('\n', message);
        foreach (var word in words)
        {
            Assert.Contains(word, message, StringComparison.Ordinal);
        }
    }
}
