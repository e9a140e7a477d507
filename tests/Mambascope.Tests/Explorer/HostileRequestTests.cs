using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Mambascope.Explorer.Serving;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>Requests that mean harm, or that a program made by mistake: each gets one line, and the next one is answered as ever.</summary>
public sealed class HostileRequestTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>
{
    private const string Vim = "/api/models/demo-vim/pictures/two-items";

    [Theory]
    [InlineData("/api/pictures/..%2F..%2F..%2Fetc%2Fpasswd")]
    [InlineData("/api/pictures/%2Fetc%2Fpasswd")]
    [InlineData("/api/pictures/..")]
    [InlineData("/..%2f..%2fetc/passwd")]
    [InlineData("/style.css/..%2f..%2f")]
    [InlineData("/api/models/..%2Fdemo-vim/pictures/two-items")]
    [InlineData("/api/models/planted-mamba/pictures/two-items")]
    [InlineData("/api/models/demo-vim/pictures/%00")]
    [InlineData("/page/index.html")]
    [InlineData("/api/nothing")]
    public async Task An_address_leads_nowhere_but_to_what_is_served(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(explorer.Address, address));
        using var answer = await explorer.Client.SendAsync(request);
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
        Assert.DoesNotContain("root:", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "evil.example", 421)]
    [InlineData("Host", "127.0.0.1.evil.example:80", 421)]
    [InlineData("Host", "192.168.7.7", 421)]
    [InlineData("Host", "localhost:1", 200)]
    [InlineData("Host", "[::1]", 200)]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Sec-Fetch-Site", "none", 200)]
    public async Task Pages_of_other_sites_are_refused(string header, string value, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/contents", UriKind.Relative));
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await explorer.Client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_link_on_another_page_may_lead_to_the_page_but_not_to_an_answer()
    {
        foreach (var (address, status) in new[] { ("/", 200), ("/api/contents", 403) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
            request.Headers.Add("Sec-Fetch-Mode", "navigate");
            request.Headers.Add("Sec-Fetch-Dest", "document");
            using var answer = await explorer.Client.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/attention", "layer")]
    [InlineData("/attention?layer=x", "layer")]
    [InlineData("/attention?layer=-1", "counted from 0")]
    [InlineData("/attention?layer=8", "layers 0 to 7")]
    [InlineData("/attention?layer=0&head=0", "no heads")]
    [InlineData("/attention?layer=0&channel=9999", "channels 0 to 191")]
    [InlineData("/attention?layer=0&view=all", "s6")]
    [InlineData("/explanation?method=magic", "magic")]
    [InlineData("/explanation?target=Unicorn", "Unicorn")]
    [InlineData("/explanation?token=5000", "tokens 0 to 196")]
    [InlineData("/mask?method=mamba-lrp&threshold=2", "threshold")]
    [InlineData("/knockout?patches=196", "patches 0 to 195")]
    [InlineData("/knockout?patches=1,-2", "whole numbers")]
    [InlineData("/knockout?patches=1&eraser=fire", "fire")]
    [InlineData("/layers?token=197", "tokens 0 to 196")]
    public async Task A_wrong_value_is_one_line(string rest, string words)
    {
        using var answer = await explorer.Client.GetAsync(new Uri(Vim + rest, UriKind.Relative));
        await AssertRefused(answer, 400, words);
    }

    [Theory]
    [InlineData("{", 400, "cannot be read")]
    [InlineData("{\"text\":5}", 400, "cannot be read")]
    [InlineData("{}", 400, "either a text or ids")]
    [InlineData("{\"text\":\"\"}", 400, "empty")]
    [InlineData("{\"text\":\"a\",\"ids\":[1]}", 400, "either a text or ids")]
    [InlineData("{\"ids\":[256]}", 400, "256")]
    [InlineData("{\"ids\":[-1]}", 400, "-1")]
    [InlineData("{\"text\":\"abc\",\"position\":3}", 400, "position 3")]
    [InlineData("{\"text\":\"abc\",\"position\":-1}", 400, "from 0")]
    [InlineData("{\"text\":\"abc\",\"target\":\"xyz\"}", 400, "xyz")]
    public async Task A_wrong_text_is_one_line(string body, int status, string words)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await explorer.Client.PostAsync(new Uri("/api/models/demo-mamba/text/explanation", UriKind.Relative), content);
        await AssertRefused(answer, status, words);
    }

    [Fact]
    public async Task A_question_to_the_wrong_kind_of_model_is_one_line()
    {
        using var picture = await explorer.Client.GetAsync(new Uri("/api/models/demo-mamba/pictures/two-items", UriKind.Relative));
        await AssertRefused(picture, 400, "demo-mamba reads text");
        using var content = new StringContent("{\"text\":\"a\"}", Encoding.UTF8, "application/json");
        using var text = await explorer.Client.PostAsync(new Uri("/api/models/demo-vim/text/explanation", UriKind.Relative), content);
        await AssertRefused(text, 400, "demo-vim looks at pictures");
        using var series = await explorer.Client.GetAsync(new Uri("/api/models/demo-vim/series/0-0", UriKind.Relative));
        await AssertRefused(series, 400, "demo-vim looks at pictures; name a model of series");
        using var plain = new StringContent("{\"text\":\"a\"}", Encoding.UTF8, "text/plain");
        using var other = await explorer.Client.PostAsync(new Uri("/api/models/demo-mamba/text/explanation", UriKind.Relative), plain);
        await AssertRefused(other, 415, "another kind");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_too_large_is_refused_whether_or_not_it_says_so(bool saysSo)
    {
        await using var server = await explorer.Start(options => options with { MostBytes = 10_000 });
        using var client = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/pictures", UriKind.Relative))
        {
            Content = new StreamContent(new MemoryStream(new byte[200_000])),
        };
        request.Headers.TransferEncodingChunked = !saysSo;
        using var answer = await client.SendAsync(request);
        await AssertRefused(answer, 413, "larger");
        Assert.Equal(HttpStatusCode.OK, await ServingTests.Status(client, "/api/contents"));
    }

    [Theory]
    [InlineData(100_000, 100_000)]
    [InlineData(60_000, 60_000)]
    [InlineData(7_000, 7_000)]
    public async Task A_picture_of_too_many_pixels_is_refused_by_its_header(int width, int height)
    {
        var before = GC.GetTotalAllocatedBytes();
        using var answer = await Send(Png(width, height));
        await AssertRefused(answer, 400, "scale it down");
        Assert.True(GC.GetTotalAllocatedBytes() - before < 50_000_000);
    }

    [Theory]
    [InlineData("hello", "found")]
    [InlineData("", "empty")]
    [InlineData("GIF89a", "GIF")]
    public async Task What_is_no_picture_is_refused(string bytes, string words)
    {
        using var answer = await Send(Encoding.ASCII.GetBytes(bytes));
        await AssertRefused(answer, 400, words);
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_not_waited_for()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, explorer.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/pictures HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\nContent-Type: image/png\r\n\r\n"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = new byte[4096];
        var reading = stream.ReadAsync(answer, limit.Token).AsTask();
        while (!reading.IsCompleted)
        {
            await stream.WriteAsync(new byte[1], limit.Token);
            await Task.WhenAny(reading, Task.Delay(500, limit.Token));
        }

        Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(answer, 0, await reading), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_of_ten_megabytes_are_refused()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, explorer.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"));
        var line = Encoding.ASCII.GetBytes($"X: {new string('x', 8000)}\r\n");
        try
        {
            for (var sent = 0; sent < 10_000_000; sent += line.Length)
            {
                await stream.WriteAsync(line);
            }
        }
        catch (IOException)
        {
            // The server has closed the connection already.
        }

        Assert.Equal(HttpStatusCode.OK, await ServingTests.Status(explorer.Client, "/api/contents"));
    }

    [Fact]
    public async Task Whoever_comes_when_the_line_is_full_is_told_to_come_back()
    {
        await using var server = await explorer.Start(options => options with { Running = 1, Waiting = 1 });
        using var client = new HttpClient { BaseAddress = server.Address };
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            client.GetAsync(new Uri($"{Vim}/deletion?method=mamba-lrp&target={i % 8}&token={i}", UriKind.Relative))));
        var statuses = answers.Select(answer => (int)answer.StatusCode).ToArray();
        Assert.All(statuses, status => Assert.Contains(status, new[] { 200, 429 }));
        Assert.Contains(200, statuses);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        await AssertRefused(refused, 429, "waiting already");
        foreach (var answer in answers)
        {
            answer.Dispose();
        }

        Assert.Equal(HttpStatusCode.OK, await ServingTests.Status(client, Vim));
    }

    // MAMBASCOPE_LOAD_SECONDS keeps them at it for longer than a test should take, and looks at the memory then: with nothing else beside.
    [Fact]
    public async Task Fifty_clients_at_once_lose_nothing_and_leave_nothing_behind()
    {
        var asked = Environment.GetEnvironmentVariable("MAMBASCOPE_LOAD_SECONDS");
        var least = TimeSpan.FromSeconds(asked is null ? 0 : double.Parse(asked, CultureInfo.InvariantCulture));
        await ServingTests.Status(explorer.Client, Vim);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async client =>
        {
            var received = new List<string>();
            for (var i = 0; i < 3 || clock.Elapsed < least; i++)
            {
                // As the page does: whoever is told to come back comes back.
                HttpResponseMessage answer;
                while ((answer = await explorer.Client.GetAsync(new Uri($"{Vim}?{client}", UriKind.Relative))).StatusCode
                    == HttpStatusCode.TooManyRequests)
                {
                    answer.Dispose();
                    await Task.Delay(50);
                }

                received.Add(await answer.Content.ReadAsStringAsync());
                answer.Dispose();
            }

            return received;
        }));
        clock.Stop();
        var verdict = (await explorer.Json(Vim)).ToJsonString();
        Assert.All(answers.SelectMany(received => received), answer => Assert.Equal(verdict, JsonNode.Parse(answer)!.ToJsonString()));
        var (count, kept) = (answers.Sum(received => received.Count), answers.Sum(received => received.Sum(answer => 2L * answer.Length)));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before - kept;
        var words = $"{count} answers in {clock.Elapsed.TotalSeconds:F0} s, {grown / 1e6:F1} MB more than before";
        TestContext.Current.TestOutputHelper?.WriteLine(words);
        Assert.True(asked is null || grown < 64 << 20, words);
    }

    [Fact]
    public async Task A_thousand_sockets_that_say_nothing_end_nothing()
    {
        var sockets = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, explorer.Address.Port);
            }
        }
        catch (SocketException)
        {
            // Fewer are let in.
        }

        sockets.ForEach(socket => socket.Dispose());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        while (true)
        {
            try
            {
                using var client = new HttpClient { BaseAddress = explorer.Address };
                using var answer = await client.GetAsync(new Uri("/api/contents", UriKind.Relative), limit.Token);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(200, limit.Token);
            }
        }
    }

    [Fact]
    public async Task What_takes_too_long_is_stopped()
    {
        await using var server = await explorer.Start(options => options with { Longest = TimeSpan.FromMilliseconds(1) });
        using var client = new HttpClient { BaseAddress = server.Address };
        using var answer = await client.GetAsync(new Uri(Vim + "/explanation?method=smoothgrad", UriKind.Relative));
        await AssertRefused(answer, 504, "was stopped");
    }

    [Fact]
    public async Task Work_that_nobody_waits_for_leaves_the_line()
    {
        using var queue = new WorkQueue(running: 1, waiting: 1, TimeSpan.FromMinutes(1));
        using var gone = new CancellationTokenSource();
        using var entered = new ManualResetEventSlim();
        var working = queue.Run(
            stop =>
            {
                entered.Set();
                stop.WaitHandle.WaitOne();
                stop.ThrowIfCancellationRequested();
                return 0;
            },
            gone.Token);
        entered.Wait(TimeSpan.FromSeconds(10));
        var waiting = queue.Run(_ => 1, gone.Token);
        await Assert.ThrowsAsync<BusyException>(() => queue.Run(_ => 2, CancellationToken.None));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(3, await queue.Run(_ => 3, CancellationToken.None));
    }

    private async Task<HttpResponseMessage> Send(byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        return await explorer.Client.PostAsync(new Uri("/api/pictures", UriKind.Relative), content);
    }

    private static async Task AssertRefused(HttpResponseMessage answer, int status, string words)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        var why = (string)JsonNode.Parse(text)!["error"]!;
        Assert.Contains(words, why, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', why);
        Assert.DoesNotContain(Repository.Root, why, StringComparison.Ordinal);
    }

    // A PNG that says how large it is and holds next to nothing.
    private static byte[] Png(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        byte[] nothing = [0x78, 0x9C, 3, 0, 0, 0, 0, 1];
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", nothing), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string kind, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        byte[] body = [.. Encoding.ASCII.GetBytes(kind), .. data];
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sum, Sum(body));
        return [.. length, .. body, .. sum];
    }

    private static uint Sum(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }
}
