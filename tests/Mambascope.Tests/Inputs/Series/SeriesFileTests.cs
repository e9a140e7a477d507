using System.IO.Compression;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Series;
using Mambascope.Tests.Checkpoints;
using Xunit;

namespace Mambascope.Tests.Inputs.Series;

/// <summary>Files of measurements as people have them.</summary>
public sealed class SeriesFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Ts_of_one_channel()
    {
        var data = Read("a.ts", "# prose\n@problemName x\n@univariate true\n@classLabel true 2 1\n@data\n1,2,3:1\n4,?,6.5:2\n");
        Assert.Equal(["2", "1"], data.Classes);
        Assert.Equal((SeriesKind.Steps, 2, 3, 1), (data.Format.Kind, data.Cases.Count, data.Cases[0].Length, data.Cases[0].Width));
        Assert.Equal([4, 4, 6.5f], data.Cases[1].Values);
        Assert.Equal((1, 0), (data.ClassOf(data.Cases[0]), data.ClassOf(data.Cases[1])));
        Assert.Equal(["1 missing value filled in with the value before"], data.Notes);
        Assert.Same(data.Cases[1], data.Find("1"));
    }

    [Fact]
    public void Ts_of_several_channels_and_unequal_lengths_without_labels()
    {
        var data = Read("a.ts", "@classLabel false\r\n@data\r\n1,2:3,4\r\n5,6,7:?,9,10\r\n");
        Assert.Equal([1, 3, 2, 4], data.Cases[0].Values);
        Assert.Equal([5, 9, 6, 9, 7, 10], data.Cases[1].Values);
        Assert.Equal([9, 9, 10], data.Cases[1].Channel(1));
        Assert.Null(data.Cases[0].Label);
        Assert.Empty(data.Classes);
    }

    [Theory]
    [InlineData("@data\n1,x,3\n", "line 2: value 1 is x, expected a number")]
    [InlineData("@data\n1,2\n1:2\n", "line 3 has 2 parts between colons, expected 1")]
    [InlineData("@data\n1,2:3\n", "channel 1 has 1 values, channel 0 has 2")]
    [InlineData("@classLabel true a b\n@data\n1,2:c\n", "the label is c, but @classLabel lists a, b")]
    [InlineData("@classLabel true a b\n@data\n1,2\n", "of values and the label")]
    [InlineData("@timeStamps true\n@data\n(0,1):a\n", "time stamps are not read")]
    [InlineData("@classLabel true\n1,2:3\n", "expected # or @")]
    [InlineData("@classLabel true\n", "no line @data")]
    [InlineData("@data\n", "holds no cases")]
    [InlineData("@dimensions 0\n@data\n", "must name 1 to")]
    [InlineData("@data\n1,1e99\n", "is 1e99, expected a number")]
    public void Ts_that_is_none_is_refused_in_one_line(string text, string says) => Refused("a.ts", text, says);

    [Fact]
    public void Csv_of_rows_that_are_steps()
    {
        var data = Read("a.csv", "id,time,pulse,breath,label\np1,0,60,1,well\np1,0.5,NA,2,well\n\np2,0,90,3,sick\np2,0.5,95,4,\n");
        Assert.Equal(["pulse", "breath"], data.Format.Variables.Select(variable => variable.Name));
        Assert.Equal(["sick", "well"], data.Classes);
        Assert.Equal([60, 1, 60, 2], data.Find("p1").Values);
        Assert.Equal([0, 0.5], data.Find("p2").Times!);
        Assert.Equal("sick", data.Find("p2").Label);
    }

    [Fact]
    public void Csv_of_one_series_as_a_model_wants_it()
    {
        var path = folder.Write("a.csv", "clock;b;a;note\n10:00;1;2;x\n10:05;3;4;\"y;z\"\n");
        SeriesFormat format = new(SeriesKind.Steps, [new("a"), new("b")]);
        var data = SeriesFile.Read(path, new() { Format = format });
        Assert.Equal([2, 1, 4, 3], data.Cases.Single().Values);
        Assert.Same(format, data.Format);
        var error = Assert.Throws<BadInputException>(() =>
            SeriesFile.Read(path, new() { Format = new(SeriesKind.Steps, [new("a"), new("c")]) }));
        Assert.Contains("has no column c", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_of_rows_that_are_series()
    {
        var data = Read("a.csv", "class,t0,t1,t2\nb,1,2,\na,4,,6\n");
        Assert.Equal([1, 2], data.Cases[0].Values);
        Assert.Equal([4, 4, 6], data.Cases[1].Values);
        Assert.Equal(["a", "b"], data.Classes);
        var archive = Read("a.tsv", "2\t0.5\t0.25\n1\t1\t2\n");
        Assert.Equal(("2", 2), (archive.Cases[0].Label, archive.Cases[0].Length));
    }

    [Fact]
    public void Csv_of_a_table_with_words_and_gaps()
    {
        var data = Read(
            "a.csv", "rowid,species,mass,sex\n1,Adelie,10,male\n2,Gentoo,NA,female\n3,Adelie,12,NA\n", new() { Label = "species" });
        Assert.Equal(SeriesKind.Features, data.Format.Kind);
        Assert.Equal(["mass", "sex"], data.Format.Variables.Select(variable => variable.Name));
        Assert.Equal(["female", "male"], data.Format.Variables[1].Categories!);
        Assert.Equal([10, 0, 1], data.Cases[0].Values);
        Assert.Equal([12, float.NaN, float.NaN], data.Cases[2].Values);
        Assert.Equal((3, 1, 1), (data.Cases[2].Length, data.Cases[2].Width, data.Cases[2].Missing));
        Assert.Equal("Gentoo", data.Find("2").Label);
        var scale = SeriesScale.Of(data.Format, data.Cases);
        Assert.Equal([11, 0.5f, 0.5f], scale.Means);
        Assert.Equal([1, 1, 1], scale.Deviations);
        Assert.Equal([0, 0.5f, -0.5f], scale.Apply(data.Cases[1]));
        Assert.Equal([1, 0, 0], scale.Apply(data.Cases[2]));
        var known = SeriesFile.Read(folder.Write("b.csv", "sex,mass\nmale,1\n"), new() { Format = data.Format });
        Assert.Equal([1, 0, 1], known.Cases[0].Values);
        Refused("c.csv", "sex,mass\nunknown,1\n", "sex is unknown, expected one of female, male", new() { Format = data.Format });
    }

    [Fact]
    public void Csv_as_scikit_learn_writes_it()
    {
        var data = Read("a.csv", "2,3,malignant,benign\n1,2,3,0\n4,5,6,1\n");
        Assert.Equal(["malignant", "benign"], data.Classes);
        Assert.Equal((3, "benign"), (data.Format.Variables.Count, data.Cases[1].Label));
    }

    [Theory]
    [InlineData("a,b\n1\n", "line 2 has 1 cell, expected 2")]
    [InlineData("a,a\n1,2\n", "two columns called a")]
    [InlineData("", "is empty")]
    [InlineData("a,b\n\"1,2\n", "line 2 opens a quotation mark")]
    [InlineData("a,b\n", "holds no cases")]
    [InlineData("id,x,label\n1,2,a\n1,3,b\n", "case 1 has the labels a and b")]
    [InlineData("time,x\n1,2\n0,3\n", "earlier than in the row before")]
    [InlineData("time,x\n1,word\n", "x is word, expected a number")]
    public void Csv_that_is_none_is_refused_in_one_line(string text, string says) => Refused("a.csv", text, says);

    [Fact]
    public void A_column_that_does_not_exist_is_refused()
        => Refused("a.csv", "a,b\n1,2\n", "no column c; it has a, b", new() { Label = "c" });

    [Fact]
    public void Npz_with_and_without_labels()
    {
        var path = Npz(
            ("X", NpyHeader.Write<double>([2, 3, 1]), Bytes<double>([1, 2, 3, 4, double.NaN, 6])),
            ("y", NpyHeader.Write<long>([2]), Bytes<long>([7, 5])));
        var data = SeriesFile.Read(path);
        Assert.Equal(["5", "7"], data.Classes);
        Assert.Equal([4, 4, 6], data.Cases[1].Values);
        Assert.Equal("7", data.Cases[0].Label);
        var one = SeriesFile.Read(Npz(("ecg", NpyHeader.Write<ushort>([4]), Bytes<ushort>([1, 2, 3, 4]))));
        Assert.Equal([1, 2, 3, 4], one.Cases.Single().Values);
    }

    [Fact]
    public void Npz_of_other_arrays_is_refused_in_one_line()
    {
        var path = Npz(("a", NpyHeader.Write<byte>([1]), [1]), ("b", NpyHeader.Write<byte>([1]), [1]));
        Assert.Contains("has no array X", Message(path), StringComparison.Ordinal);
        path = Npz(("X", NpyHeader.Write<byte>([1, 1, 1, 1]), [1]));
        Assert.Contains("expected (cases, time)", Message(path), StringComparison.Ordinal);
        path = Npz(("X", NpyHeader.Write<byte>([2, 1]), [1, 2]), ("y", NpyHeader.Write<byte>([1]), [1]));
        Assert.Contains("1 labels, but there are 2 cases", Message(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_is_named_behind_a_hash()
    {
        Assert.Equal(("a.ts", "3"), SeriesFile.Split("a.ts#3"));
        Assert.Equal(("a.ts", (string?)null), SeriesFile.Split("a.ts"));
        var odd = folder.Write("b#1.csv", "t0,t1\n1,2\n");
        Assert.Equal((odd, (string?)null), SeriesFile.Split(odd));
        Assert.True(SeriesFile.Is("A.TS#12") && !SeriesFile.Is("a.png"));
        var error = Assert.Throws<BadInputException>(() => SeriesFile.Read(odd).Find("4"));
        Assert.Contains("has no case 4; it has cases 0 to 0", TemporaryFolder.OneLine(error), StringComparison.Ordinal);
    }

    private SeriesData Read(string name, string text, SeriesFileOptions? options = null)
        => SeriesFile.Read(folder.Write(name, text), options);

    private void Refused(string name, string text, string says, SeriesFileOptions? options = null)
    {
        var path = folder.Write(name, text);
        Assert.Contains(
            says,
            TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => SeriesFile.Read(path, options))),
            StringComparison.Ordinal);
    }

    private static string Message(string path) => TemporaryFolder.OneLine(Assert.Throws<BadInputException>(() => SeriesFile.Read(path)));

    private string Npz(params (string Name, byte[] Header, byte[] Data)[] arrays)
    {
        var path = folder.File($"{Guid.NewGuid()}.npz");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, header, data) in arrays)
        {
            using var stream = zip.CreateEntry(name + ".npy").Open();
            stream.Write(header);
            stream.Write(data);
        }

        return path;
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged
        => System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values).ToArray();
}
