using System.Security.Cryptography;
using GrainStream.Runtime.Ports;
using GrainStream.TestKit.Contracts;
using Xunit;

namespace GrainStream.TestKit.Objects;

/// <summary>What <see cref="IObjectStore"/> promises, asked of every adapter: a class per adapter derives from this.</summary>
public abstract class ObjectStoreContract : ObjectListingContract
{
    [ContractFact]
    public async Task A_large_object_is_made_of_blocks_and_seen_only_when_complete()
    {
        byte[] content = Bytes(9 * 1024 * 1024 + 17);
        ObjectVersion version;
        await using (IObjectUpload upload = await Store.CreateAsync("topic/0/large.segment", default))
        {
            for (int position = 0; position < content.Length; position += 4 * 1024 * 1024)
            {
                byte[] borrowed = content[position..Math.Min(content.Length, position + 4 * 1024 * 1024)];
                await upload.WriteAsync(borrowed, default);
                borrowed.AsSpan().Clear();
                Assert.Null(await Store.ReadAsync("topic/0/large.segment", 0, new byte[1], default));
                Assert.Empty((await Store.ListAsync("", false, null, default)).Objects);
            }

            version = await upload.CompleteAsync(default);
        }

        byte[] read = new byte[content.Length];
        Assert.Equal(new ObjectRead(content.Length, content.Length, version), await ReadAsync("topic/0/large.segment", 0, read));
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(read));
        Assert.Equal(new StoredObject("topic/0/large.segment", content.Length), Assert.Single((await Store.ListAsync("topic/", false, null, default)).Objects));
    }

    [ContractFact]
    public async Task Small_uneven_and_empty_blocks_make_an_object_too()
    {
        byte[] content = Bytes(1000);
        await using (IObjectUpload upload = await Store.CreateAsync("a", default))
        {
            await upload.WriteAsync(content.AsMemory(0, 1), default);
            await upload.WriteAsync(default, default);
            await upload.WriteAsync(content.AsMemory(1, 500), default);
            await upload.WriteAsync(content.AsMemory(501), default);
            await upload.CompleteAsync(default);
        }

        await using (IObjectUpload upload = await Store.CreateAsync("b", default))
        {
            await upload.CompleteAsync(default);
        }

        byte[] read = new byte[1000];
        Assert.Equal(1000, (await ReadAsync("a", 0, read)).ObjectLength);
        Assert.Equal(content, read);
        Assert.Equal(0, (await ReadAsync("b", 0, read)).ObjectLength);
    }

    [ContractFact]
    public async Task An_upload_that_is_disposed_never_was()
    {
        await using (IObjectUpload upload = await Store.CreateAsync("a", default))
        {
            await upload.WriteAsync(Bytes(100), default);
        }

        Assert.Null(await Store.ReadAsync("a", 0, new byte[1], default));
        Assert.Empty((await Store.ListAsync("", false, null, default)).Objects);
        await using IObjectUpload again = await Store.CreateAsync("a", default);
        await again.WriteAsync(Bytes(10), default);
        await again.CompleteAsync(default);
        Assert.Equal(10, (await ReadAsync("a", 0, new byte[1])).ObjectLength);
    }

    [ContractFact]
    public async Task An_upload_never_replaces_an_object()
    {
        await using IObjectUpload first = await Store.CreateAsync("a", default);
        await using IObjectUpload second = await Store.CreateAsync("a", default);
        await first.WriteAsync(Bytes(100), default);
        await second.WriteAsync(Bytes(200), default);
        await first.CompleteAsync(default);

        await Assert.ThrowsAsync<FencedException>(async () => await second.CompleteAsync(default));

        byte[] read = new byte[100];
        Assert.Equal(100, (await ReadAsync("a", 0, read)).ObjectLength);
        Assert.Equal(Bytes(100), read);
        await using IObjectUpload third = await Store.CreateAsync("a", default);
        await Assert.ThrowsAsync<FencedException>(async () => await third.CompleteAsync(default));
    }

    [ContractFact]
    public async Task What_was_made_by_an_upload_can_be_replaced_by_its_version()
    {
        await using IObjectUpload upload = await Store.CreateAsync("a", default);
        await upload.WriteAsync(Bytes(100), default);
        ObjectVersion version = await upload.CompleteAsync(default);

        await Store.PutAsync("a", Bytes(10), version, default);

        Assert.Equal(10, (await ReadAsync("a", 0, new byte[1])).ObjectLength);
    }

    [ContractFact]
    public async Task A_cancelled_call_ends_so()
    {
        using CancellationTokenSource cancelled = new();
        await Store.PutAsync("there", Bytes(10), null, default);
        await using IObjectUpload upload = await Store.CreateAsync("b", default);
        await cancelled.CancelAsync();
        CancellationToken token = cancelled.Token;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.PutAsync("a", Bytes(10), null, token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.CreateAsync("a", token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ReadAsync("there", 0, new byte[10], token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ListAsync("", false, null, token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.DeleteAsync("there", token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await upload.WriteAsync(Bytes(10), token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await upload.CompleteAsync(token));

        Assert.Equal(["there"], await NamesAsync("", byFolder: false));
    }

    [ContractFact]
    public async Task Names_that_some_store_could_misunderstand_are_refused_before_it_is_asked()
    {
        string[] wrong =
        [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/.hidden", ".a", "-a", "a.", "A", "a b", "a\\b", "a:b", "a\0", "ä", "a%2fb",
            new string('a', 201), string.Join('/', Enumerable.Repeat("abcdefghi", 60)),
        ];
        foreach (string name in wrong)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.PutAsync(name, Bytes(1), null, default));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.CreateAsync(name, default));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ReadAsync(name, 0, new byte[1], default));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.DeleteAsync(name, default));
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync("a", true, null, default));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync("../", true, null, default));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync("a/../b", false, null, default));
    }

    [ContractFact]
    public async Task Another_process_sees_what_was_put_replaced_and_deleted()
    {
        await using IObjectStore other = await OpenAgainAsync();
        byte[] read = new byte[100];
        ObjectVersion first = await Store.PutAsync("a", Bytes(10), null, default);
        Assert.Equal(new ObjectRead(10, 10, first), await other.ReadAsync("a", 0, read, default));

        ObjectVersion second = await other.PutAsync("a", Bytes(20), first, default);
        Assert.Equal(new ObjectRead(20, 20, second), await ReadAsync("a", 0, read));
        await Assert.ThrowsAsync<FencedException>(async () => await Store.PutAsync("a", Bytes(30), first, default));

        Assert.True(await Store.DeleteAsync("a", default));
        Assert.Null(await other.ReadAsync("a", 0, read, default));
        await other.PutAsync("a", Bytes(30), null, default);
        Assert.Equal(30, (await ReadAsync("a", 0, read)).ObjectLength);
    }
}
