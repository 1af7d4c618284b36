; What numba's arrays need of a runtime, for kernels that make some: a block's counter, its destructor (none), its data and size.
declare ptr @malloc(i64)
declare void @free(ptr)

define linkonce_odr ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %whole = add i64 %size, 128
  %block = call ptr @malloc(i64 %whole)
  %nothing = icmp eq ptr %block, null
  br i1 %nothing, label %fail, label %made
fail:
  ret ptr null
made:
  %address = ptrtoint ptr %block to i64
  %beyond = add i64 %address, 103
  %aligned = and i64 %beyond, -64
  %data = inttoptr i64 %aligned to ptr
  store i64 1, ptr %block
  %destructor = getelementptr i64, ptr %block, i64 1
  store ptr null, ptr %destructor
  %argument = getelementptr i64, ptr %block, i64 2
  store ptr null, ptr %argument
  %place = getelementptr i64, ptr %block, i64 3
  store ptr %data, ptr %place
  %room = getelementptr i64, ptr %block, i64 4
  store i64 %size, ptr %room
  ret ptr %block
}

define linkonce_odr void @NRT_MemInfo_call_dtor(ptr %block) {
  call void @free(ptr %block)
  ret void
}
